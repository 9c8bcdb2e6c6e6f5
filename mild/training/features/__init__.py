"""Features of images, computed once by a network that is not trained: the quick look."""
