"""One file, taken in: its exchanges by session, and what became of every entry that is none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from wraith.exchange import Exchange
from wraith.interchange._address import below
from wraith.interchange._assemble import Assembled, Assembler
from wraith.interchange._detect import AUTO, detect, reader_of
from wraith.interchange._entry import Entry, LeftOut
from wraith.interchange._hosts import Hosts
from wraith.interchange._report import Mended, Tally
from wraith.interchange._source import Source


@dataclass(slots=True)
class Group:
    """The exchanges of one session to be."""

    exchanges: list[Exchange] = field(default_factory=list)
    tags: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file holds."""

    format: str
    host: str
    """That of its exchanges, empty where none is named."""
    groups: dict[str, Group]
    mended: tuple[Mended, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Intake:
    """How files are taken in."""

    format: str
    hosts: Hosts
    prefix: str
    """The path of the base URL, without a slash at its end."""
    max_body_bytes: int

    def take(self, source: Source) -> Taken:
        """Return what a file holds. Raises InputError where it cannot be read."""
        name = detect(source) if self.format == AUTO else self.format
        assembler = Assembler(self.max_body_bytes)
        groups: dict[str, Group] = {}
        left_out: list[LeftOut] = []
        tally = Tally()
        host = ""
        for item in reader_of(name).read(source):
            found = self._selected(assembler.assemble(item)) if isinstance(item, Entry) else item
            if isinstance(found, LeftOut):
                left_out.append(found)
                continue
            assert isinstance(item, Entry), "Invariant: what is left out stays so"
            group = groups.setdefault(found.group, Group())
            group.exchanges.append(found.exchange)
            group.tags.update(dict.fromkeys(item.tags))
            host = host or found.host
            tally.add(found.where, found.mended)
        return Taken(name, host, groups, tally.result(), tuple(left_out))

    def _selected(self, found: Assembled | LeftOut) -> Assembled | LeftOut:
        """Leave out what was not sent to the base URL."""
        if isinstance(found, LeftOut):
            return found
        self.hosts.meet(found.scheme, found.host)
        if not self.hosts.takes(found.host):
            return LeftOut(found.where, f"it was sent to {found.host}")
        request = found.exchange.request
        target = below(self.prefix, request.target)
        if target is None:
            return LeftOut(found.where, f"it was not sent below {self.prefix}")
        if target == request.target:
            return found
        return replace(found, exchange=replace(found.exchange, request=request._replace(target=target)))
