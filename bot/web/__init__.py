"""Web pages and endpoints: health and metrics, videos and galleries, and the webhooks of services."""
