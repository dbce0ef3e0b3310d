"""Runs flows: the interpreter of definitions, and the embedded engine that works on runs in this process."""
