"""How pretend films are made."""
