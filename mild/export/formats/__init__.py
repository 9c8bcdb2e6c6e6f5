"""One file per format that a reviewed table is written in."""
