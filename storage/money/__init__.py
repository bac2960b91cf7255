"""The ledger, the counters of the budgets, and totals derived from them."""
