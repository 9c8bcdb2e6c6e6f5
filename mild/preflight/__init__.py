"""What is checked before a run is made, by the form and by the command line alike."""

from mild.preflight.problems import problems

__all__ = ["problems"]
