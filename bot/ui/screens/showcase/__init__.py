"""The page of /settings about the showcase."""
