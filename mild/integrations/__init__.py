"""The names under which scripts import the callbacks; they live in `mild.recorder`."""
