"""What is kept of one member: counted, read and erased."""
