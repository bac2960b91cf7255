"""Forms of presets, and the question asked when an order must differ from its preset."""
