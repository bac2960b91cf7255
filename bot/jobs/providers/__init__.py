"""What is known of each provider while it is used."""
