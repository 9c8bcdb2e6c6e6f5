"""What only a real server shows: who comes in, how many, how long."""
