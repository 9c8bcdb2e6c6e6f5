"""A run on disk: the only package that opens the files of a run."""
