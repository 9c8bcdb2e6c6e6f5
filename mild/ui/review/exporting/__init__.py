"""Taking the review along: folders, files, and edits made elsewhere."""
