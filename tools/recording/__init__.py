"""What recording scripts share: sessions from a seed, a client, invented data, services from npm."""

from recording.service import Answer, Service
from recording.sessions import Scenario, Stopped, run

__all__ = ["Answer", "Scenario", "Service", "Stopped", "run"]
