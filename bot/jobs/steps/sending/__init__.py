"""Around the one paid request: a final lookup before a second one, and what its answer means for the job."""
