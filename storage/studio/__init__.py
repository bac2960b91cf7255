"""What members keep and arrange among finished videos."""
