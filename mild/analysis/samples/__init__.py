"""What instances are where they are no images, in small and as a whole, for people to look at."""
