"""`python -m flowslot.cli` is `flowslot`."""

from flowslot.cli.main import main

main()
