"""What does not depend on time: statements, transactions and requests that a video takes."""
