"""A run as one HTML file that opens anywhere, without network and without this program."""
