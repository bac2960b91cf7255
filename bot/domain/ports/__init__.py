"""What the rules need from the world outside: one protocol a noun, said by those who need it."""
