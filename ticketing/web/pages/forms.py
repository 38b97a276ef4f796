"""Reading what a form sends: always text, always bounded, and never trusted."""

from typing import Final

from litestar.datastructures import FormMultiDict, MultiDict, UploadFile

from ticketing.kernel.errors import N_, InvalidField
from ticketing.web.pages.languages import AnyRequest

FIELD_SIGNS_MAX: Final = 500
VALUES_MAX: Final = 200
NUMBER_PROBLEM: Final = N_("A whole number is needed")
LONG_PROBLEM: Final = N_("A field is too long")
FILE_PROBLEM: Final = N_("Choose a file first")
EMPTY_PROBLEM: Final = N_("This file is empty")
LARGE_PROBLEM: Final = N_("This file is too large")
MANY_PROBLEM: Final = N_("Too many fields")


class Form:
    """The fields of a posted form, or of the query of an address. A field that is missing is an empty text."""

    def __init__(self, fields: FormMultiDict | MultiDict[str]) -> None:
        self._fields = fields

    def text(self, name: str, signs_max: int = FIELD_SIGNS_MAX) -> str:
        """A field, without spaces around it.

        Raises:
            InvalidField: it is longer than ``signs_max``.
        """
        value = self._fields.get(name, "")
        text = value.strip() if isinstance(value, str) else ""
        if len(text) > signs_max:
            raise InvalidField(problem=LONG_PROBLEM, field=name)
        # Postgres takes no zero byte in a text, and no person types one.
        return text.replace("\x00", "")

    def raw(self, name: str, signs_max: int) -> str:
        """A field as it was typed or scanned, but for line ends: in a ticket's code a space is a sign like others.

        Raises:
            InvalidField: it is longer than ``signs_max``.
        """
        value = self._fields.get(name, "")
        text = value.strip("\r\n\x00") if isinstance(value, str) else ""
        if len(text) > signs_max:
            raise InvalidField(problem=LONG_PROBLEM, field=name)
        return text

    def texts(self, name: str) -> list[str]:
        """All values of a field that may stand several times.

        Raises:
            InvalidField: there are more than ``VALUES_MAX``.
        """
        values = [value for value in self._fields.getall(name, []) if isinstance(value, str)]
        if len(values) > VALUES_MAX:
            raise InvalidField(problem=MANY_PROBLEM, field=name)
        return [value.strip().replace("\x00", "")[:FIELD_SIGNS_MAX] for value in values]

    def number(self, name: str, default: int) -> int:
        """A whole number; ``default`` where the field is empty.

        Raises:
            InvalidField: it is no number of at most four digits.
        """
        text = self.text(name)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= 4):
            raise InvalidField(problem=NUMBER_PROBLEM, field=name)
        return int(text)

    async def file(self, name: str, bytes_max: int) -> tuple[str, bytes]:
        """A file that was chosen: its name, cut to what can be shown, and its bytes.

        Raises:
            InvalidField: there is none, it is empty, or larger than ``bytes_max``.
        """
        sent = self._sent(name)
        if sent is None:
            raise InvalidField(problem=FILE_PROBLEM, field=name)
        content = await sent.read(bytes_max + 1)
        if not content:
            raise InvalidField(problem=EMPTY_PROBLEM, field=name)
        if len(content) > bytes_max:
            raise InvalidField(problem=LARGE_PROBLEM, field=name)
        shown = "".join(sign for sign in sent.filename if sign.isprintable())[:80]
        return shown or name, content

    def has_file(self, name: str) -> bool:
        """Was a file chosen?"""
        return self._sent(name) is not None

    def _sent(self, name: str) -> UploadFile | None:
        # Where nobody chose a file, browsers send one without a name.
        values = self._fields.getall(name, [])
        return next((one for one in values if isinstance(one, UploadFile) and one.filename), None)

    def names(self) -> list[str]:
        """The names of all fields, each once.

        Raises:
            InvalidField: there are more than twice ``VALUES_MAX``.
        """
        names = list(dict.fromkeys(self._fields.keys()))
        if len(names) > 2 * VALUES_MAX:
            raise InvalidField(problem=MANY_PROBLEM, field="")
        return names


async def read_form(request: AnyRequest) -> Form:
    """The posted form of a request; empty where it posted none."""
    return Form(await request.form())
