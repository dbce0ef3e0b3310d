"""The command line `flowslot`: one module per noun; each command imports only what it needs."""
