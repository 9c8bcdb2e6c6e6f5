"""What stands around a page: its way in, its top line, what it says when empty or in error."""
