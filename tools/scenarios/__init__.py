"""The traffic that twins are recorded from: a package for each service, with its ``SCENARIOS``."""
