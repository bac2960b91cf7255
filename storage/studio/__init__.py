"""How members keep and organise finished videos."""
