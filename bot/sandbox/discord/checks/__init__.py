"""What Discord and its app refuse."""
