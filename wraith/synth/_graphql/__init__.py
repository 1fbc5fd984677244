"""GraphQL, learned: exchanges taken apart into fields, types gathered, each field learned as a route.

``_learn`` is imported where a corpus speaks GraphQL: only that needs the library.
"""

from wraith.synth._graphql._detect import endpoints_of, speaks_graphql

__all__ = ["endpoints_of", "speaks_graphql"]
