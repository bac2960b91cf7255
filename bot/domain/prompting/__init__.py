"""The prompt helper: a chat model that improves prompts and describes images, and what that costs."""
