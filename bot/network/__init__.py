"""Reaching other machines: names, addresses, proxies, certificates, and calls to addresses that members enter."""
