"""Figures that do not depend on time: how many statements, transactions and requests a video takes."""
