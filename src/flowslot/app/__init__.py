"""Use cases: one function each, one transaction each. ports.py says what they need from outside."""
