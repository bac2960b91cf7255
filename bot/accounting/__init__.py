"""python -m bot reconcile: the ledger against what the video services report."""
