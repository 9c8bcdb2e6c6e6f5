"""The lesson: runs recorded once that ship with the product, and what the Learn page computes from them."""
