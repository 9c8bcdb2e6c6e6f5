"""The numeric heart: pure functions on arrays, with frozen values as results."""
