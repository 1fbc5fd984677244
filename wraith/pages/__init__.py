"""Pages to look at: HTML of one visual language, whole in one file, without a network."""

from wraith.pages._replays import Replay, wire_replay
from wraith.pages._report import report_page

__all__ = ["Replay", "report_page", "wire_replay"]
