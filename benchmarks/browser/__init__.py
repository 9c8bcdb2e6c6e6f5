"""A dashboard of its own and a browser on it, for `benchmarks.dashboard` and `.torture`."""
