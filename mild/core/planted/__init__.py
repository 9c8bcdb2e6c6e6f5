"""Planted labels, wrong on purpose: drawn, fitted to, and what they tell of the others."""
