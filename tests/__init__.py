"""One thread for each process, set before anything loads numpy or torch.

Two processes of tests share the machine, and what they compute is small: threads that wait for
each other took five times the processor time that the work itself took.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
