"""What trains: the run, its rounds, their stages, the epochs of a stage."""
