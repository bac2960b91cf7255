"""Recording what managers change, and paging through it."""
