"""The sections of the lesson: each file draws one, top to bottom."""
