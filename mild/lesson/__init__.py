"""The lesson: recorded runs that ship with the product, and what is computed from them."""
