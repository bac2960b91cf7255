"""What is asked before money is spent."""
