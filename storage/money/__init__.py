"""The ledger, the counters of the budgets, and what is summed from them."""
