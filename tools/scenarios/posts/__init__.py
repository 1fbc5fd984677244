"""The traffic that ``twins/posts-api`` is recorded from: readers, writers and editors of a small magazine."""

from scenarios.posts import articles, labels, mistakes, profile, reading, threads

__all__ = ["SCENARIOS"]

SCENARIOS = (
    articles.records,
    articles.replaced,
    articles.drafts,
    articles.counts,
    reading.pages,
    reading.slices,
    reading.sorting,
    reading.filters,
    reading.operators,
    reading.search,
    reading.browsing,
    threads.nested,
    threads.relations,
    threads.moderation,
    threads.cascade,
    labels.own_keys,
    labels.made_keys,
    profile.settings,
    mistakes.missing,
    mistakes.bodies,
)
