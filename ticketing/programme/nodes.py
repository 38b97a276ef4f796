"""Reading JSON that may be anything: every wrong type is noted with its path, and reading goes on.

A reader that meets something wrong gets a harmless stand-in (0, "", nothing), so that it finds the rest of the
mistakes as well. Whoever builds from it must look at the problems first.
"""

import math
from collections.abc import Iterable

import msgspec

from ticketing.kernel.i18n import Sentence
from ticketing.programme.problems import Problems, has_control_signs, one_of

ITEMS_MAX = 100_000


class Node:
    """A value in a JSON document, with its path."""

    def __init__(self, value: object, path: str, file: str, problems: Problems) -> None:
        self.value = value
        self.path = path
        self._file = file
        self._problems = problems

    def wrong(self, expected: Sentence, value: object = ...) -> None:
        """Note that this value is not as expected."""
        found = self.value if value is ... else value
        self._problems.add(self._file, expected, column=self.path or "$", value=found)

    def has(self, key: str) -> bool:
        """Is there a field `key` with something in it? null counts as nothing."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def child(self, key: str) -> "Node":
        """The field `key`; a node of nothing where it is missing."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(value, f"{self.path}.{key}" if self.path else key, self._file, self._problems)

    def fields(self, known: Iterable[str] | None = None) -> bool:
        """Is it an object? Notes fields that are not in `known`, offering the nearest; None lets all pass."""
        if not isinstance(self.value, dict):
            self.wrong(Sentence("an object {…}"))
            return False
        names = frozenset(known or ())
        for key in self.value if known is not None else ():
            if key not in names:
                self.child(key).wrong(Sentence("a known field, %(rest)s", rest=one_of(names, key)), value=key)
        return True

    def items(self, key: str, *, required: bool = True) -> list["Node"]:
        """The entries of the list in field `key`, at most `ITEMS_MAX`; none where it is wrong or missing."""
        node = self.child(key)
        if node.value is None and not required:
            return []
        return node.entries()

    def entries(self) -> list["Node"]:
        """The entries of this value, where it is a list itself."""
        if not isinstance(self.value, list):
            self.wrong(Sentence("a list […]"))
            return []
        if len(self.value) > ITEMS_MAX:
            self.wrong(Sentence("at most %(most)s entries", most=ITEMS_MAX))
            return []
        return [
            Node(value, f"{self.path}[{index}]", self._file, self._problems)
            for index, value in enumerate(self.value)
        ]

    def numbers(self, key: str, count: int) -> tuple[float, ...]:
        """A list of exactly `count` finite numbers; nothing where the field is missing."""
        node = self.child(key)
        if node.value is None:
            return ()
        if not isinstance(node.value, list) or len(node.value) != count:
            node.wrong(Sentence("a list of %(count)s numbers", count=count))
            return (0.0,) * count
        numbered = {f"[{index}]": value for index, value in enumerate(node.value)}
        entries = Node(numbered, node.path, self._file, self._problems)
        return tuple(entries.number(f"[{index}]") for index in range(count))

    def text(self, key: str, default: str | None = None, *, length_max: int = 200) -> str:
        """A text; numbers are taken as text too, since rows and seats are often written as numbers."""
        node = self.child(key)
        if node.value is None and default is not None:
            return default
        if isinstance(node.value, int) and not isinstance(node.value, bool) and abs(node.value) < 10**12:
            return str(node.value)
        if not isinstance(node.value, str) or not node.value.strip() or len(node.value) > length_max:
            node.wrong(Sentence("a text of 1 to %(most)s signs", most=length_max))
            return ""
        if has_control_signs(node.value):
            node.wrong(Sentence("a text without control signs"))
            return ""
        return node.value.strip()

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number."""
        node = self.child(key)
        if node.value is None and default is not None:
            return default
        if not isinstance(node.value, int | float) or isinstance(node.value, bool):
            node.wrong(Sentence("a number"))
            return 0.0
        if not (abs(node.value) <= 1e12 and math.isfinite(node.value)):
            node.wrong(Sentence("a finite number"))
            return 0.0
        return float(node.value)

    def integer(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number from `least` to `most`."""
        node = self.child(key)
        if node.value is None and default is not None:
            return default
        if not isinstance(node.value, int) or isinstance(node.value, bool) or not least <= node.value <= most:
            node.wrong(Sentence("a whole number from %(least)s to %(most)s", least=least, most=most))
            return least
        return node.value

    def choice(self, key: str, choices: Iterable[str], default: str) -> str:
        """One of `choices`."""
        node = self.child(key)
        if node.value is None:
            return default
        if not isinstance(node.value, str) or node.value not in choices:
            node.wrong(one_of(choices, str(node.value)[:80]))
            return default
        return node.value


def decode_json(content: bytes, file: str, problems: Problems) -> Node | None:
    """The document, or None with the reason noted: bad syntax, a number that is none, or nesting without end."""
    try:
        value = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problems.add(file, Sentence("JSON in UTF-8 (%(why)s)", why=error))
        return None
    except RecursionError:
        problems.add(file, Sentence("JSON that is not nested so deeply"))
        return None
    return Node(value, "", file, problems)
