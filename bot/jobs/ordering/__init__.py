"""From what a member asks for to a priced order."""
