"""What the lesson asks, with answers computed from the recordings; and the sheet to print."""
