"""Spot checks: what people found in a sample, against what the fit estimates."""
