"""Training: the one room that needs torch, started as a process by `mild.jobs`."""
