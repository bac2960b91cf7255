"""A simulated Discord: servers, channels and people; REST, gateway and CDN; and the actions of a person who uses it."""
