"""Lists: which entities, in which order, filtered by what, paged how, and what they show."""
