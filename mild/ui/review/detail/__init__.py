"""One image of the review page, large."""
