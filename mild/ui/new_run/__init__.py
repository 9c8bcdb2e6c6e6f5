"""The pieces of the form of a new run."""
