"""Contests, for one person's eyes: handing in, voting, the list, and what managers do."""
