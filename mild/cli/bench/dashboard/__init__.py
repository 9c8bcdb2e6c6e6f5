"""Measurements of the dashboard: one window, many, and a long time."""
