"""What /costs and /stats are answered from: sums that are kept, and the few rows that are listed."""
