"""What every part of synthesis knows: the priors, and how work is spread."""
