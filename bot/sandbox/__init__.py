"""The outside world on 127.0.0.1: a simulated Discord and, mounted beside it, everything else that Kinora talks to.

It knows Kinora only from outside, over HTTP and WebSocket, and refuses what the real Discord refuses.
"""
