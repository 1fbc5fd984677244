"""Kinds of expressions that one value may have: texts, numbers, times, identifiers, maps, digests."""
