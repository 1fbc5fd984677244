"""From a template and values to HTML.

What stands on a page was recorded, and is hostile. Every value is escaped where it is written, in text and
attributes alike, and what would turn text around or end it unseen is written as its code. No page has a
script, and its policy forbids any.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from wraith.canonical import JsonValue, compact, pretty

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

MAX_SHORT = 120
MAX_INDENTED = 20_000

_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
"""Control characters but tab and newline, those that change the direction of text, and half surrogates."""


def render(template: str, **values: object) -> str:
    """Return a template filled with values."""
    return _environment().get_template(template).render(**values)


def page_script() -> str:
    """Return the script of running twins' pages, which they can be read without."""
    return render("page.js")


def visible(text: str) -> str:
    """Return a text with what cannot be seen in it written as its code."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def unchanged(text: str) -> Markup:
    """Return a text escaped, and otherwise as it is: for what a form sends back."""
    from markupsafe import escape

    return escape(text)


def _finalize(value: object) -> object:
    from markupsafe import Markup

    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("wraith.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "of": share_text, "heat": heat, "count": count}
    environment.filters |= {"compact": short, "indented": indented, "unchanged": unchanged}
    return environment


def percent(bp: int) -> str:
    """Return basis points as people read them: 9847 is 98.47 %, and only all of it is 100 %."""
    return f"{bp / 100:.2f}".rstrip("0").rstrip(".") + " %"


def share_text(part: int, whole: int) -> str:
    """Return a share in percent, without decimals; less than all is never 100 %, and some never 0 %."""
    if not whole:
        return "-"
    rounded = round(100 * part / whole)
    return f"{min(max(rounded, 1 if part else 0), 100 if part == whole else 99)} %"


def heat(bp: int) -> str:
    """Return the class that a score is coloured by: ``h0``, red, to ``h10``, green, which is all of it."""
    return f"h{bp // 1000}"


def short(value: JsonValue) -> str:
    """Return a JSON value on one line, cut."""
    text = compact(value).decode()
    return text if len(text) <= MAX_SHORT else f"{text[: MAX_SHORT - 1]}…"


def indented(value: JsonValue) -> str:
    """Return a JSON value over several lines, cut."""
    text = pretty(value, sort=False).decode().rstrip()
    return text if len(text) <= MAX_INDENTED else f"{text[: MAX_INDENTED - 1]}…"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: ``1 exchange``, ``1,240 exchanges``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
