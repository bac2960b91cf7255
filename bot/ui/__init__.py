"""What Discord shows and what a click does. No SQL, no HTTP."""
