"""Drawings of the Learn page, a file per subject."""
