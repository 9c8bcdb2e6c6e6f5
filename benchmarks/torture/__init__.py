"""Real runs, faults at random moments, and what must be whole afterwards."""
