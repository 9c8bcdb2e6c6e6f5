"""What people say about a run, and what is made of it: measures, files, a report."""
