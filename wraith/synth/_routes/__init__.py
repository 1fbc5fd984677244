"""Routes from paths: which segments are parameters, which sessions hypotheses are made from."""
