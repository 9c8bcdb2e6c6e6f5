"""Pictures of every page, for the documents."""
