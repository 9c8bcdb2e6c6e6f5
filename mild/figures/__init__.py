"""Values in, drawings out. Nothing here reads a file or knows of a page."""
