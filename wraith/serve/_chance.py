"""Chance that repeats itself: the same seed and the same place give the same number in every run."""

from __future__ import annotations

from hashlib import blake2b


def draw(seed: int, *place: str | int) -> float:
    """Return a number from 0 to below 1 that the seed and the place decide."""
    text = "\0".join(map(str, (seed, *place)))
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / 2**53
