"""The use cases, through the real parts, on both databases."""
