"""How things look in Discord and what a click means. No SQL, no HTTP."""
