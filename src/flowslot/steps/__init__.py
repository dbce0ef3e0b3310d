"""The kinds of steps: one module each, and the registry that names them all."""
