"""What Discord and its app reject."""
