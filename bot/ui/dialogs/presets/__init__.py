"""Forms of presets, and what is asked before an order is not what its preset says."""
