"""What is asked before videos are made from a finished one, or several at once."""
