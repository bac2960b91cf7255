"""What happens to a job: the use cases that a person starts, and the steps that follow automatically."""
