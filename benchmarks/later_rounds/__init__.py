"""What rounds after the first do to a selection: `python -m benchmarks.later_rounds`."""
