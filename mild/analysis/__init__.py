"""What follows from a run and from what people said about it, without a page around it."""
