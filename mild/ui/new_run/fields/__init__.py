"""The fields of the form, a file for each of its sections."""
