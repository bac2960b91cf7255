"""The answers to /costs and /stats: figures, with charts and files of them."""
