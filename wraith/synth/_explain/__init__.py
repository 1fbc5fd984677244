"""A learned program held against what was recorded of it."""
