"""The media processor's child process: how it is started, confined, addressed and tested."""
