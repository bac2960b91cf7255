"""Who may do what: roles take the place of a password."""
