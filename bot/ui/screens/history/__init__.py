"""/history: pages of videos with their posters, and actions on several of them."""
