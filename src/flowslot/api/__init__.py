"""The HTTP API: reads a request, calls a use case, shapes the answer. It decides nothing."""
