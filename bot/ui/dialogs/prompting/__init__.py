"""What is done with what the prompt helper wrote."""
