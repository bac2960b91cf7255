"""Forms and questions before videos are made from a finished one, or several at once."""
