"""A reviewed run as files that other programs read: one small module per format."""
