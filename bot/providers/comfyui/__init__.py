"""ComfyUI's own API: any number of self-hosted servers, each with a node graph for each model."""
