"""The building blocks of the web pages."""
