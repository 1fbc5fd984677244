"""Servers that a replay talks to: one of our own, started for it, and the real service."""

from wraith.live._address import OwnAddress
from wraith.live._client import Client
from wraith.live._credentials import Credentials, read_header
from wraith.live._pace import Pace
from wraith.live._server import served
from wraith.live._service import NOT_TRIED, Service

__all__ = ["NOT_TRIED", "Client", "Credentials", "OwnAddress", "Pace", "Service", "read_header", "served"]
