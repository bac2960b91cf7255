"""One step of a job, from the phase it is in to the next."""
