"""Measurements of training: what it takes, and what comes out."""
