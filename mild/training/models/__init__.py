"""Networks: by name, of the user's own, from weights, and onto disk."""
