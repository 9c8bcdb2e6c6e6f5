"""Pictures without plotly: pixels, sheets of them, and small drawings."""
