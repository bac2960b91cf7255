"""What is asked before several videos are ordered at once."""
