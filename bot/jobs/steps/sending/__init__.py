"""Around the one paid request: a last look before a second one, and what its answer means for the job."""
