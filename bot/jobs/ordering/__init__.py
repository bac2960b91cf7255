"""From a wish to a priced order."""
