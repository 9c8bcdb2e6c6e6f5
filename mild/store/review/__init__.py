"""review.db, the people's side of a run: decisions, cuts, spot checks, names and tags."""
