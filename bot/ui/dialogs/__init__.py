"""Forms, questions and confirmations."""
