"""A visitor without scripts: follows links, fills in forms, and reads what the page says."""

import html
import re
from html.parser import HTMLParser
from typing import Any

from httpx import AsyncClient, Response

Fields = list[tuple[str, str]]


class Form:
    """A form of a page: where it goes, and what it sends when nothing is changed."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: Fields = []
        self.boxes: list[tuple[str, str]] = []

    def value(self, name: str) -> str:
        return next(value for field, value in self.fields if field == name)


class _Reader(HTMLParser):
    """Collects forms as a browser would send them."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.select = ""
        self.chosen: str | None = None
        self.first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = Form(given.get("action") or self.address)
            self.forms.append(self.form)
        elif self.form is None:
            return
        elif tag == "input" and given.get("name"):
            self._input(self.form, given)
        elif tag == "select":
            self.select, self.chosen, self.first = given["name"], None, None
        elif tag == "option" and self.select:
            value = given.get("value", "")
            self.first = value if self.first is None else self.first
            if "selected" in given:
                self.chosen = value

    @staticmethod
    def _input(form: Form, given: dict[str, str]) -> None:
        if given.get("type") in ("checkbox", "radio"):
            if "disabled" not in given:
                form.boxes.append((given["name"], given.get("value", "on")))
                if "checked" in given:
                    form.fields.append((given["name"], given.get("value", "on")))
        else:
            form.fields.append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select" and self.form is not None:
            chosen = self.chosen if self.chosen is not None else self.first
            self.form.fields.append((self.select, chosen or ""))
            self.select = ""


class Visitor:
    """Keeps cookies and the page that is open."""

    def __init__(self, client: AsyncClient) -> None:
        self.client = client
        self.page: Response | None = None

    async def open(self, address: str) -> Response:
        self.page = await self.client.get(address)
        return self.page

    def forms(self) -> list[Form]:
        assert self.page is not None
        reader = _Reader(str(self.page.url))
        reader.feed(self.page.text)
        return reader.forms

    def form(self, ending: str) -> Form:
        """The form of the open page whose address ends so."""
        return next(form for form in self.forms() if form.action.endswith(ending))

    async def send(self, form: Form, **changes: str | list[str]) -> Response:
        """Send a form of the open page with some fields filled in; the answer becomes the open page."""
        fields: dict[str, Any] = {}
        for name, value in form.fields:
            fields.setdefault(name, []).append(value)
        fields |= changes
        self.page = await self.client.post(form.action, data=fields)
        return self.page

    def text(self) -> str:
        """The words of the open page."""
        assert self.page is not None
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", self.page.text)))

    async def choose(self, screening: str, *seats: str, language: str = "en") -> Response:
        """Tick these seats in the list and keep them."""
        await self.open(f"/{language}/screenings/{screening}")
        return await self.send(self.form("/seats"), seat=list(seats))

    async def check_out(self, language: str = "en", **typed: str) -> Response:
        """Fill in the checkout and send it."""
        await self.open(f"/{language}/cart")
        usual = {"email": "aigerim@example.kz", "name": "Айгерім Сәтбаева", "consent": "yes"}
        return await self.send(self.form("/cart"), **{**usual, **typed})

    async def buy(self, screening: str, *seats: str, language: str = "en") -> Response:
        """From the seats to the tickets; the order's page is open at the end."""
        await self.choose(screening, *seats, language=language)
        await self.check_out(language)
        return await self.send(self.forms()[0], outcome="paid")

    async def sign_in(self, login: str, password: str, to: str = "") -> Response:
        await self.open(f"/en/staff/sign-in?to={to}")
        return await self.send(self.form("/sign-in"), login=login, password=password)
