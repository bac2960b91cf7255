"""What a person starts. Each checks who is asking, and raises errors whose sentences are for that person."""
