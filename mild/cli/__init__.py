"""The command line: which commands there are, and what every command needs."""
