"""What `benchmarks.train` compares: a round of ours, a plain loop, and what the device can do."""
