"""`python -m mild`."""

from mild.cli.main import main

main()
