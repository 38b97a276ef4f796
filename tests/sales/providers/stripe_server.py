"""A Stripe on a real port of this machine, spoken to by the real client.

Payment intents and refunds are localstripe's. It has no Checkout Sessions and forgets idempotency keys, so exactly
these stand in front of it here: three calls on sessions, as https://docs.stripe.com/api/checkout/sessions describes
them, and the memory for keys.
"""

import contextlib
import hashlib
import hmac
import json
import os
import queue
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

SECRET_KEY = "sk_test_of_these_tests"
WEBHOOK_SECRET = "whsec_of_these_tests"
GOOD_CARD = "4242424242424242"
HALF_HOUR_S = 1800
DAY_S = 86_400


def signed(body: bytes, *, secret: str = WEBHOOK_SECRET, at: float | None = None) -> dict[str, str]:
    """The header under which Stripe sends a webhook: https://docs.stripe.com/webhooks#verify-manually."""
    stamp = int(time.time() if at is None else at)
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"stripe-signature": f"t={stamp},v1={signature}"}


class StripeServer:
    """Sessions and the memory for keys; the rest goes through to localstripe at ``behind``."""

    def __init__(self, behind: str) -> None:
        self.behind = behind
        self.sessions: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        self.received: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()
        self.down = False
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def hear_localstripe(self) -> None:
        """Let localstripe send its own webhooks here, to be found in ``received``."""
        hook = {"url": f"{self.url}/received", "secret": WEBHOOK_SECRET}
        data = urllib.parse.urlencode(hook).encode()
        with urllib.request.urlopen(f"{self.behind}/_config/webhooks/tests", data, timeout=10):
            pass

    # What happens on Stripe's page, outside of our sight.

    def pay(self, session: str, *, amount: int | None = None) -> None:
        """The buyer has paid a session: there is a payment intent of it, and money."""
        paid = self.sessions[session]
        intent = self.take_money(amount or paid["amount_total"], paid["currency"])
        paid |= {
            "status": "complete",
            "payment_status": "paid",
            "payment_intent": intent,
            "amount_total": amount or paid["amount_total"],
        }

    def take_money(self, amount: int, currency: str) -> str:
        """A payment intent that has succeeded, at localstripe."""
        card = {"number": GOOD_CARD, "exp_month": "12", "exp_year": "2040", "cvc": "123"}
        method = self._behind("/v1/payment_methods", {"type": "card"} | {f"card[{k}]": v for k, v in card.items()})
        asked = {"amount": str(amount), "currency": currency, "payment_method": method["id"], "confirm": "true"}
        intent = self._behind("/v1/payment_intents", asked)
        assert intent["status"] == "succeeded"
        return str(intent["id"])

    def refunds_of(self, intent: str) -> list[dict[str, Any]]:
        return list(self._behind(f"/v1/refunds?payment_intent={intent}")["data"])

    def event(self, kind: str, what: dict[str, Any], **more: Any) -> bytes:
        """An event as Stripe would send it."""
        event = {
            "id": f"evt_{secrets.token_hex(8)}",
            "object": "event",
            "type": kind,
            "livemode": False,
            "data": {"object": what},
        }
        return json.dumps(event | more).encode()

    def _behind(self, path: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(self.behind + path, data, {"authorization": f"Bearer {SECRET_KEY}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.load(answer))

    # What our client asks.

    def _answer(self, method: str, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        parts = path.removeprefix("/v1/checkout/sessions").strip("/").split("/")
        if method == "POST" and parts == [""]:
            return self._create(form)
        session = self.sessions.get(parts[0])
        if session is None:
            return 404, _error("resource_missing", "No such checkout session")
        if method == "POST" and parts[1:] == ["expire"]:
            if session["status"] != "open":
                return 400, _error("", "Only Checkout Sessions with a status in ['open'] can be expired.")
            session["status"] = "expired"
        return 200, session

    def _create(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        lives_s = int(form["expires_at"]) - time.time()
        if not HALF_HOUR_S <= lives_s <= DAY_S:
            return 400, _error("", "The `expires_at` timestamp must be between 30 minutes and 24 hours away.")
        if form["mode"] != "payment" or form["line_items[0][quantity]"] != "1":
            return 400, _error("parameter_invalid", "Not what these tests sell")
        name = f"cs_test_{secrets.token_hex(8)}"
        self.sessions[name] = {
            "id": name,
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": int(form["line_items[0][price_data][unit_amount]"]),
            "currency": form["line_items[0][price_data][currency]"],
            "client_reference_id": form["client_reference_id"],
            "metadata": {"charge": form["metadata[charge]"]},
            "locale": form["locale"],
            "customer_email": form["customer_email"],
            "success_url": form["success_url"],
            "cancel_url": form["cancel_url"],
            "url": f"https://checkout.stripe.com/c/pay/{name}",
        }
        return 200, self.sessions[name]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._serve("GET")

            def do_POST(self) -> None:
                self._serve("POST")

            def log_message(self, *_: object) -> None:
                pass

            def _serve(self, method: str) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                path = self.path.partition("?")[0]
                if path == "/received":
                    server.received.put(({name.lower(): value for name, value in self.headers.items()}, body))
                    self._send(200, b"{}")
                    return
                server.asked.append(f"{method} {path}")
                key = self.headers.get("idempotency-key", "")
                if server.down:
                    self._send(503, json.dumps(_error("", "down")).encode())
                    return
                with server._lock:
                    said = body.decode()
                    # As the real one: the same key with the same words gives the same answer, with others an error.
                    if key and key in server.answers:
                        before, answer = server.answers[key]
                        if before != said:
                            self._send(400, json.dumps(_error("idempotency_key_in_use", "Other words")).encode())
                        else:
                            self._send(200, answer)
                        return
                    if path.startswith("/v1/checkout/sessions"):
                        status, found = server._answer(method, path, dict(urllib.parse.parse_qsl(said)))
                        answer = json.dumps(found).encode()
                    else:
                        status, answer = self._through(method, body)
                    if key and status == 200:
                        server.answers[key] = (said, answer)
                self._send(status, answer)

            def _through(self, method: str, body: bytes) -> tuple[int, bytes]:
                kept = {"authorization": self.headers["authorization"]}
                if body:
                    kept["content-type"] = self.headers["content-type"]
                request = urllib.request.Request(server.behind + self.path, body or None, kept, method=method)
                try:
                    with urllib.request.urlopen(request, timeout=10) as answer:
                        return int(answer.status), answer.read()
                except urllib.error.HTTPError as error:
                    with error:
                        return error.code, error.read()

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


def _error(code: str, message: str) -> dict[str, Any]:
    return {"error": {"type": "invalid_request_error", "code": code, "message": message}}


@contextlib.contextmanager
def localstripe(folder: Path) -> Iterator[str]:
    """localstripe on a free port, in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"],
        cwd=folder,
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/js.stripe.com/v3/", timeout=5):
                break
            assert process.poll() is None, "localstripe has ended"
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)
