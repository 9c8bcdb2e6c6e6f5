"""The way into the dashboard: where it listens, who comes in, and what a browser is told."""
