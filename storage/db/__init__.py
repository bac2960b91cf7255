"""The SQL database: engines, transactions, schema."""
