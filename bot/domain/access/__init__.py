"""Who may do what: roles instead of a password."""
