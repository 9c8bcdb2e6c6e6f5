"""`python -m mild bench`: measure, in one run, against a named alternative."""
