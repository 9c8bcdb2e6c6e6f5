"""What pages read of runs, worked out once per server, and the one way in which it is kept."""
