"""How much space kept videos take, and which have expired."""
