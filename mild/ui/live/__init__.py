"""The pieces of the live page: a run as it goes on."""
