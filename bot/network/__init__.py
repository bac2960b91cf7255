"""How machines of the internet are reached: names, addresses, certificates, and calls to addresses that people give."""
