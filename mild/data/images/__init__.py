"""From image files and arrays to pixels of one size."""
