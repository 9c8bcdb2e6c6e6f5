"""Hostile input by the thousand, each case from a seed: only our own errors may come out."""
