"""People who use the bot, and what they see."""
