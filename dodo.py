"""The tasks of this project; `doit list` shows them."""

from wraith.build import graph

globals().update(graph())
