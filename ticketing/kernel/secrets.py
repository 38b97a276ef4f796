"""What is derived from the one secret of the house: the secrets of orders, of tickets, of places in a waiting list,
of links for guests and of webhooks, and the key that seals signing keys.
"""

import base64
import hashlib
import hmac
import secrets as random
from pathlib import Path

from cryptography.fernet import Fernet

ORDER_SECRET_LENGTH = 22  # 128 bits in base64url
FILE_NAME = "secret"


class Secrets:
    """Keys derived from the house's secret, one for each purpose, so that none can stand in for another."""

    def __init__(self, secret: str) -> None:
        self._order_key = self._derive(secret, b"order-secret")
        self._ticket_key = self._derive(secret, b"ticket-secret")
        self._waiting_key = self._derive(secret, b"waiting-secret")
        self._link_key = self._derive(secret, b"link-secret")
        self._webhook_key = self._derive(secret, b"webhook-secret")
        self._fernet = Fernet(base64.urlsafe_b64encode(self._derive(secret, b"signing-key-seal")))

    @staticmethod
    def _derive(secret: str, purpose: bytes) -> bytes:
        return hmac.digest(secret.encode(), b"ticketing/" + purpose, hashlib.sha256)

    def order_secret(self, order_id: str) -> str:
        """The secret that opens an order. Derived, so that it need not be stored and can be mailed again."""
        digest = hmac.digest(self._order_key, order_id.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def opens_order(self, order_id: str, secret: str) -> bool:
        """Whether ``secret`` opens the order, in time that tells nothing."""
        return hmac.compare_digest(self.order_secret(order_id).encode(), secret.encode())

    def ticket_secret(self, ticket_id: str, revision: int) -> str:
        """The secret that opens one ticket alone. Of its revision, as its code is: a ticket that was passed on or
        exchanged has another, and whoever had it before no longer opens it.
        """
        digest = hmac.digest(self._ticket_key, f"{ticket_id}/{revision}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def opens_ticket(self, ticket_id: str, revision: int, secret: str) -> bool:
        """Whether ``secret`` opens the ticket in this revision, in time that tells nothing."""
        return hmac.compare_digest(self.ticket_secret(ticket_id, revision).encode(), secret.encode())

    def waiting_secret(self, entry_id: str) -> str:
        """The secret that opens a place in a waiting list, derived like an order's."""
        digest = hmac.digest(self._waiting_key, entry_id.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def opens_waiting(self, entry_id: str, secret: str) -> bool:
        """Whether ``secret`` opens the place in the waiting list, in time that tells nothing."""
        return hmac.compare_digest(self.waiting_secret(entry_id).encode(), secret.encode())

    def link_secret(self, kind: str, name: str) -> str:
        """The secret of a link that is mailed to guests: ``kind`` says to what, so that none opens another's."""
        digest = hmac.digest(self._link_key, f"{kind}/{name}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")

    def opens_link(self, kind: str, name: str, secret: str) -> bool:
        """Whether ``secret`` opens that link, in time that tells nothing."""
        return hmac.compare_digest(self.link_secret(kind, name).encode(), secret.encode())

    def webhook_key(self, webhook: str) -> bytes:
        """The 32 bytes that sign what goes to a webhook, known to those who receive it."""
        return hmac.digest(self._webhook_key, webhook.encode(), hashlib.sha256)

    def seal(self, plain: bytes) -> bytes:
        """``plain``, encrypted and authenticated."""
        return self._fernet.encrypt(plain)

    def unseal(self, sealed: bytes) -> bytes:
        """The inverse of :meth:`seal`.

        Raises:
            cryptography.fernet.InvalidToken: sealed with another secret, or damaged.
        """
        return self._fernet.decrypt(sealed)


def keep_secret(data: Path) -> str:
    """The secret kept in the data folder, made at the first call; readable by its owner only."""
    path = data / FILE_NAME
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(random.token_urlsafe(48), encoding="ascii")
        # link, unlike rename, never replaces a secret that another process has made meanwhile
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()
