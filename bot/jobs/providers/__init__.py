"""What is known of each provider at run time."""
