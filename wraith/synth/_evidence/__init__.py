"""Where a value could have come from, and whether an expression explains it on all observations."""
