"""What /me asks for."""
