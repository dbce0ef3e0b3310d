"""The definition language: documents, expressions, templates, types. Pure but for sandbox.py."""
