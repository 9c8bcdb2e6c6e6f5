"""What holds for every process of the tests, set before anything loads numpy or torch.

One thread each: two processes of tests share the machine, and what they compute is small; threads
that wait for each other took five times the processor time that the work itself took. And what one
has compiled, the two hundred others that tests start do not compile again: where the environment
says that Python is to keep nothing, each of them would, for a fifth of a second.
"""

import os
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
