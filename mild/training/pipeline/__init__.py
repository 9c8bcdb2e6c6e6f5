"""What feeds the loop: the data set read once, and batches of it on the device."""
