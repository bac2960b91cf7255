"""What a person starts. Each use case checks who is asking, and raises errors whose sentences are for that person."""
