"""The pieces of the home page: the list of runs, and what can be done with one."""
