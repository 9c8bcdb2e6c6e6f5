"""What instances are where they are no images: texts, rows of a table, sounds; a copy of each."""
