"""The traffic that ``twins/graphql-api`` is recorded from: a blog, asked in many ways."""

from scenarios.graphql import mistakes, reading, shapes, writing

__all__ = ["SCENARIOS"]

SCENARIOS = (
    reading.single,
    reading.pages,
    reading.sorting,
    reading.filters,
    reading.comparisons,
    reading.relations,
    shapes.aliases,
    shapes.fragments,
    shapes.conditions,
    shapes.operations,
    shapes.types,
    writing.posts,
    writing.inline,
    writing.comments,
    writing.users,
    writing.several,
    writing.counts,
    mistakes.syntax,
    mistakes.variables,
    mistakes.requests,
)
