"""/settings: a server's own rules, and the pages behind them."""
