"""Days, times and lengths of time as people say them, in the languages that Kinora speaks."""
