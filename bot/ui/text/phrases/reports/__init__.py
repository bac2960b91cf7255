"""What /costs and /stats say."""
