"""The data behind /costs and /stats: kept totals, and the few rows that are listed."""
