"""The child process of the media processor: how it is started, confined, spoken to, and tried out."""
