"""What a loop's instances are where they are no images, checked, and how much of it is kept."""
