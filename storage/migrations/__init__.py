"""The migrations of the tables, for Alembic.

A new migration is a new file in `versions`, in the folder of its topic, with its revision at the end of
`storage.db.schema.REVISIONS`. Released migrations are never edited, and add before they remove: two versions of Kinora
may run side by side for a while.
"""
