"""From recordings to a model: the stages in order."""
