"""What happens to a job: the use cases a person starts, and the steps that follow by themselves."""
