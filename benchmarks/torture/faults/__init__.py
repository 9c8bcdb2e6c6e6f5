"""What is done to runs: a file for each family of faults, each fault a value in it."""

from mild.registry import collect
from benchmarks.torture.faults.fault import Fault

FAULTS = collect(Fault, __name__, __path__)
