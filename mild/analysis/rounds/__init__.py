"""The rounds of a run: each selected, judged, estimated, and held against the others."""
