"""The pieces of the selection page: the cut, and what it keeps."""
