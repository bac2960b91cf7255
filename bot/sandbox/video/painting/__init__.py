"""How simulated films are made."""
