"""What surrounds the loop: device, memory, automatic choices, seeds, checkpoint, exit."""
