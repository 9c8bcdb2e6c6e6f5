"""Tables that people edited, on their way back: decisions and answers."""
