"""What lies around every answer: security headers, a measurement, and a line in the log for what went wrong."""

import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import structlog
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Histogram

from ticketing.kernel.settings import Settings

# Everything comes from our own origin; the styles and scripts of a page too, and none stands inline.
CONTENT_SECURITY_POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# What may be relaxed on one page, and by what: whatever is not listed here stays strict everywhere.
RELAXABLE: Final = frozenset({"form-action", "script-src"})
SOURCE: Final = re.compile(r"https://[a-z0-9.-]+|'wasm-unsafe-eval'")
_RELAXED: Final = "content_security_policy_relaxed"
_SHELLED: Final = "security_headers_added"
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    # An order's secret stands in its address: no other site is to learn it.
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
]


def relax_policy(scope: Scope, directive: str, sources: Iterable[str]) -> None:
    """Let one answer do more than the policy of all others: ``sources`` beside what the directive allows anyway.

    The one way to relax it. The reason stands beside the call.

    Raises:
        ValueError: this directive is not to be relaxed, or not by such a source.
    """
    listed = list(sources)
    if directive not in RELAXABLE or not all(SOURCE.fullmatch(source) for source in listed):
        raise ValueError(f"the policy is not relaxed by {directive} {listed}")
    relaxed = scope["state"].setdefault(_RELAXED, {})
    relaxed[directive] = [*relaxed.get(directive, []), *listed]


def policy_text(relaxed: Mapping[str, Sequence[str]] = MappingProxyType({})) -> str:
    """The policy as it stands in the header."""
    return "; ".join(
        " ".join((name, allowed, *relaxed.get(name, ()))) for name, allowed in CONTENT_SECURITY_POLICY.items()
    )


_STRICT_POLICY: Final = policy_text().encode()
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
SLOW_S = 1.0

log = structlog.get_logger(__name__)
ANSWERED = Histogram(
    "ticketing_http_seconds",
    "Time to the first byte of an answer",
    ("method", "route", "status"),
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def headers_of_all(*, secure: bool) -> list[tuple[bytes, bytes]]:
    """The security headers that every answer has alike."""
    return [*SECURITY_HEADERS, STRICT_TRANSPORT] if secure else SECURITY_HEADERS


def headers_for(scope: Scope, headers: Sequence[tuple[bytes, bytes]]) -> Sequence[tuple[bytes, bytes]]:
    """The security headers of an answer: those of all, and its policy on content."""
    relaxed = scope["state"].get(_RELAXED)
    policy = policy_text(relaxed).encode() if relaxed else _STRICT_POLICY
    return (b"content-security-policy", policy), *headers


class Shell(ASGIMiddleware):
    """Adds the headers and takes the measurement. Addresses are named by their template, never as they came."""

    def __init__(self, *, secure: bool) -> None:
        self._headers = headers_of_all(secure=secure)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP:
            await next_app(scope, receive, send)
            return
        began_s = time.perf_counter()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["state"][_SHELLED] = True
                message["headers"] = [*message["headers"], *headers_for(scope, self._headers)]
                took_s = time.perf_counter() - began_s
                route = str(scope.get("path_template", "unknown"))
                ANSWERED.labels(scope["method"], route, message["status"]).observe(took_s)
                if took_s > SLOW_S or message["status"] >= 500:
                    log.warning("answered", route=route, status=message["status"], took_ms=round(took_s * 1000))
            await send(message)

        await next_app(scope, receive, send_with_headers)


def middleware(settings: Settings) -> list[ASGIMiddleware]:
    """The middleware of the whole application, outermost first."""
    return [Shell(secure=settings.secure_cookies)]


def outermost(settings: Settings) -> Callable[[Message, Scope], Awaitable[None]]:
    """What sees every message on its way out. The framework answers addresses that nobody serves, and refusals of
    middleware, outside of :class:`Shell`: they get their security headers here.
    """
    headers = headers_of_all(secure=settings.secure_cookies)

    async def add_headers(message: Message, scope: Scope) -> None:
        if message["type"] == "http.response.start" and not scope["state"].get(_SHELLED):
            message["headers"] = [*message["headers"], *headers_for(scope, headers)]

    return add_headers
