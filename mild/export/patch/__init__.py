"""A review as a patch: a table of path, old and new label, and applying it where the images are."""
