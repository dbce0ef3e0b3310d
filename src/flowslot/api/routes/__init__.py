"""The operations of the API: one module per noun; `every_operation` lists them all."""
