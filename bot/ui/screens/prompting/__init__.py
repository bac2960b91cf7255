"""What the prompt helper wrote."""
