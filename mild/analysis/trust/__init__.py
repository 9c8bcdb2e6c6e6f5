"""How far a selection can be trusted, and what helps: the same words on pages and in reports."""
