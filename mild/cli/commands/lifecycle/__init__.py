"""The life of a run: begun, listed, paused, ended, branched, put away."""
