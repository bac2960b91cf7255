"""Videos in the showcases of servers."""
