"""`python -m mild`."""

from mild.cli import main

main()
