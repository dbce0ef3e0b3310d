"""What callers get: one module per noun, each shape with how it is made from a view or a domain value."""
