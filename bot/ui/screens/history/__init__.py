"""/history: pages of videos with their posters, and what is done with several of them."""
