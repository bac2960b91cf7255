"""A server's showcase: what lets videos in, what takes them out, and the posts in its channel."""
