"""Folders of the images to train on, and the account of what went where."""
