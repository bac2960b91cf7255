"""A pretend Discord: servers, channels and people; REST, gateway and CDN; and the hands of a person who uses it."""
