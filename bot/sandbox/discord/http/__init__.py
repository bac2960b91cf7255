"""REST, gateway and CDN."""
