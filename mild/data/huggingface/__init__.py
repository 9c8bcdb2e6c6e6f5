"""Data sets of the Hugging Face library `datasets`: opened, looked through, read row by row."""
