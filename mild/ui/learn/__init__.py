"""The pieces of the learn page: a lesson to play with."""
