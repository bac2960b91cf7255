"""Texts from outside: read whatever their spelling, and shown without their secrets."""
