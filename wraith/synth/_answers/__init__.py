"""Templates of answers: bodies and headers whose holes explain every answer of one kind."""
