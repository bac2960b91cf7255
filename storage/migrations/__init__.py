"""How the tables came to be, step by step, for Alembic.

A new step is a new file in `versions`, in the folder of its topic, and its revision at the end of
`storage.db.schema.REVISIONS`. Steps that were released are never edited, and add before they take away: two versions of
Kinora may run side by side for a while.
"""
