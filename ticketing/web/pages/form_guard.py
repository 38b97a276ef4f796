"""Forms are taken from our own pages only: each carries a token that another site can neither read nor make."""

from typing import Any, Final

from litestar.config.csrf import CSRFConfig
from litestar.enums import RequestEncodingType, ScopeType
from litestar.middleware import DefineMiddleware
from litestar.middleware.csrf import CSRFMiddleware, generate_csrf_token
from litestar.types import Receive, Scope, Send
from litestar.utils.scope.state import ScopeState

from ticketing.kernel.errors import FormExpired
from ticketing.kernel.secrets import keep_secret
from ticketing.kernel.settings import Settings
from ticketing.web.pages.languages import AnyRequest

COOKIE_NAME = "form"
KEEPS_TYPED: Final = "keeps_typed"
"""A handler with this in its ``opt`` is also called for a form of ours whose token is too old: it must do nothing
but show the page again with what was typed, see :func:`came_with_old_token`.
"""
_TOO_OLD: Final = "form_too_old"


class FormGuard(CSRFMiddleware):
    """Refuses a form without its token in words that a person understands, and loses nothing that was typed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        request: AnyRequest = scope["litestar_app"].request_class(scope=scope, receive=receive)
        cookie = request.cookies.get(self.config.cookie_name)
        if cookie is not None and self._decode_csrf_token(cookie) is None:
            # Of an earlier secret, or of nobody's making: no form could match it, so a new one takes its place.
            cookie = None
        state = ScopeState.from_scope(scope)
        if request.method not in self.config.safe_methods:
            sent = await self._token_of(request)
            if sent is not None and cookie is not None and self._csrf_tokens_match(sent, cookie):
                state.csrf_token = sent
                await self.app(scope, receive, send)
                return
            if not (scope["route_handler"].opt.get(KEEPS_TYPED) and _of_our_pages(request)):
                raise FormExpired
            scope["state"][_TOO_OLD] = True
        token = state.csrf_token = cookie or generate_csrf_token(secret=self.config.secret)
        await self.app(scope, receive, self.create_send_wrapper(send=send, csrf_cookie=cookie, token=token))

    async def _token_of(self, request: AnyRequest) -> str | None:
        token: Any = request.headers.get(self.config.header_name)
        if not token and request.content_type[0] in (
            RequestEncodingType.URL_ENCODED,
            RequestEncodingType.MULTI_PART,
        ):
            token = (await request.form()).get("_csrf_token")
        return token if isinstance(token, str) else None


def _of_our_pages(request: AnyRequest) -> bool:
    """Does the browser say that the form stood on a page of ours? Another site can't make it say so.

    ``Origin`` is no help here: under our referrer policy browsers send ``null``.
    """
    return request.headers.get("sec-fetch-site") == "same-origin"


def came_with_old_token(request: AnyRequest) -> bool:
    """Was the form sent with a token that is none any more, so that nothing may be done?"""
    return bool(request.scope["state"].get(_TOO_OLD))


def form_guard(settings: Settings) -> DefineMiddleware:
    """The guard of all pages. All processes share its secret, so that any can take a form of any other."""
    config = CSRFConfig(
        secret=settings.secret or keep_secret(settings.data_path),
        cookie_name=COOKIE_NAME,
        cookie_secure=settings.secure_cookies,
        cookie_httponly=True,
        cookie_samesite="lax",
    )
    return DefineMiddleware(FormGuard, config=config)
