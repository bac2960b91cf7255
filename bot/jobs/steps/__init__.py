"""One step of a job, from its current phase to the next."""
