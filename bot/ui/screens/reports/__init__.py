"""The answers to /costs and /stats: figures, charts and files."""
