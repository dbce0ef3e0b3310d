"""flowslot demo: a server with an account, flows that really run, and a story whose every statement is verified."""
