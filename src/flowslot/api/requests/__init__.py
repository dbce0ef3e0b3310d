"""What callers may send: one module per noun; unknown keys are refused and types are taken strictly."""
