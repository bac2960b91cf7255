"""ComfyUI's own API: any number of servers of one's own, each with a graph of nodes for each model."""
