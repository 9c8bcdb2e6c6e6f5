"""What `mild.Recorder` is made of: numpy only, so that any framework can hand over its arrays."""
