"""The pieces of the compare page: runs, detectors, rules, sweeps."""
