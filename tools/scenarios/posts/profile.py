"""The profile: there is one, and it has no key."""

from __future__ import annotations

from recording import Service

from scenarios.posts import invent


def settings(press: Service) -> None:
    """Read, merge, replace; it cannot be deleted."""
    rng = press.rng
    press.get("/profile")
    press.patch("/profile", {"motto": invent.text(rng)})
    press.get("/profile")
    press.patch("/profile", {"settings": {"theme": rng.choice(("dark", "light")), "hue": rng.randrange(360)}})
    press.get("/profile")
    press.put(
        "/profile", {"name": invent.title(rng), "settings": {"langs": rng.sample(("en", "de", "fr"), 2)}}
    )
    press.get("/profile")
    press.patch("/profile", {invent.word(rng, 5): rng.randrange(1_000)})
    press.post("/profile", {"name": invent.title(rng), "posted": invent.word(rng, 4)})
    press.get("/profile")
    press.delete("/profile")
    press.send("HEAD", "/profile")
