"""Read queries, one module for each screen; `SqlViews` offers them all as the port `Views`."""
