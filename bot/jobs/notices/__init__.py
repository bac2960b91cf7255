"""Managers are told what needs them: found out here, told once."""
