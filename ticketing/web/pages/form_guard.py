"""Forms are taken from our own pages only: each carries a token that another site can neither read nor make."""

from litestar.config.csrf import CSRFConfig
from litestar.exceptions import PermissionDeniedException
from litestar.middleware import DefineMiddleware
from litestar.middleware.csrf import CSRFMiddleware
from litestar.types import Receive, Scope, Send

from ticketing.kernel.errors import FormExpired
from ticketing.kernel.secrets import keep_secret
from ticketing.kernel.settings import Settings

COOKIE_NAME = "form"


class FormGuard(CSRFMiddleware):
    """Refuses a form without its token in words that a person understands."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except PermissionDeniedException as error:
            raise FormExpired from error


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
