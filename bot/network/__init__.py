"""How the internet's machines are reached: names, addresses, proxies, certificates, and calls to given addresses."""
