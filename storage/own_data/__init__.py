"""One member's data: counted, read and erased."""
