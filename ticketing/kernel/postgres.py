"""Postgres: one pool a process, and the one place where driver errors become ours."""

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec

from ticketing.kernel.errors import DatabaseUnavailable, TicketingError

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:  # the driver's classes are generic to a type checker only
    Pool = asyncpg.Pool
    Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy

# A failure of the connection or the server, not of the statement: trying again elsewhere or later can help.
CONNECTION_ERRORS = (
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that the server ended between two steps of one statement
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.QueryCanceledError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InsufficientResourcesError,  # too many connections, no memory, a full disk
    asyncpg.ReadOnlySQLTransactionError,  # a replica, while another becomes primary
    # Rolled back as a whole because of somebody else; the same again goes through.
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
)


async def _keep_as_it_is(_connection: Any) -> None:
    """We never leave session state behind, so the round trip that clears it is saved."""


async def _prepare(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda data: msgspec.json.decode(data[1:]),
    )


async def open_pool(url: str, *, connections_max: int, statement_timeout_ms: int) -> Pool:
    """A pool of connections that read and write jsonb as Python values.

    Raises:
        DatabaseUnavailable: nobody answers at ``url``.
    """
    try:
        return await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=connections_max,
            init=_prepare,
            reset=_keep_as_it_is,
            timeout=5,
            command_timeout=statement_timeout_ms / 1000 + 2,
            server_settings={
                "application_name": "ticketing",
                "statement_timeout": str(statement_timeout_ms),
                "idle_in_transaction_session_timeout": str(statement_timeout_ms),
                "timezone": "UTC",
            },
        )
    except CONNECTION_ERRORS as error:
        raise DatabaseUnavailable from error


@contextlib.asynccontextmanager
async def database_errors(
    constraints: Mapping[str, Callable[[asyncpg.PostgresError], TicketingError]] | None = None,
) -> AsyncIterator[None]:
    """Turn what the driver raises into errors of ours.

    ``constraints`` maps the name of a constraint to the error that its violation means.

    Raises:
        DatabaseUnavailable: the connection failed; what was asked for may or may not have happened.
    """
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError as error:
        refusal = (constraints or {}).get(error.constraint_name or "")
        if refusal is None:
            raise
        raise refusal(error) from error
    except CONNECTION_ERRORS as error:
        raise DatabaseUnavailable from error
