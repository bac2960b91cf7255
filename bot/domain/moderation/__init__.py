"""What may not be ordered, and what may not be shown: rules, refusals, blocks, reports, take-downs."""
