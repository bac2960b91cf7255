"""Presets: kept by members and, for all of them, by the managers of a server; and orders that are made with one."""
