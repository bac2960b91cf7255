"""How services sign their webhooks."""
