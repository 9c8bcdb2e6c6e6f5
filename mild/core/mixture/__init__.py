"""The two-component Weibull mixture over counts: its value, its fits, and how certain they are."""
