"""run.db as a file: its tables and their versions, how it is opened, and the snapshot beside it."""
