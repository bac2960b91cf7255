"""The texts of /costs and /stats."""
