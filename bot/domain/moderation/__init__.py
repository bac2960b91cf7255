"""What members of a server may not order, and who may order nothing for a while."""
