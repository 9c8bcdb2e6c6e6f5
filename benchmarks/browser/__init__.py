"""A dashboard of its own and a browser on it, for `benchmarks.ui` and for `benchmarks.torture`."""
