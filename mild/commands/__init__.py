"""The commands of `python -m mild`, one file per family."""
