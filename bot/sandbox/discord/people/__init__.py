"""People who use the bot, and what they get to see."""
