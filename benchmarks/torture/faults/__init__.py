"""What is done to runs: a file for each family of faults, each fault a value in it."""

from benchmarks.torture.faults.fault import Fault
from mild.registry import collect

FAULTS = collect(Fault, __name__, __path__)
