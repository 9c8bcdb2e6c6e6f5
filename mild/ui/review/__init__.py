"""The pieces of the review page: look, decide, undo, export."""
