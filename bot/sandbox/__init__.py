"""The outside world on 127.0.0.1: a pretend Discord and, mounted beside it, whatever else Kinora talks to.

It knows Kinora from outside only, over HTTP and WebSocket, and refuses what the real Discord refuses.
"""
