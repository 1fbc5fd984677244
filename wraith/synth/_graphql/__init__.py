"""GraphQL, learned: exchanges taken apart into fields, types gathered, fields and mutations learned as
routes.

``_learn`` is imported where a corpus speaks GraphQL: only that needs the library.
"""

from wraith.synth._graphql._detect import asks_graphql, speaks_graphql

__all__ = ["asks_graphql", "speaks_graphql"]
