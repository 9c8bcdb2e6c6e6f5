"""The pieces of the dynamics page: every instance, epoch by epoch."""
