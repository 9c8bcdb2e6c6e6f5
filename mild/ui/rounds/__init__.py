"""The pieces of the rounds page."""
