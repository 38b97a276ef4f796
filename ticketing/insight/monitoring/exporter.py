"""How the monitoring system is told: a narrow protocol, and two implementations that ship.

The system's own interface is not known. Whoever gets its description writes a third exporter and puts it into
``EXPORTERS``; nothing else changes. See docs/monitoring.md.
"""

import asyncio
import csv
import io
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from ticketing.insight.monitoring.model import COUNTRY, FIELDS, HourFile, MonitoredSale
from ticketing.insight.reports.formats import harmless
from ticketing.insight.reports.table import units
from ticketing.kernel.money import Money
from ticketing.kernel.settings import Settings


class DeliveryFailed(Exception):
    """A file could not be handed over now. The text is for an operator; the same file is tried again."""


class MonitoringExporter(Protocol):
    """Writes an hour's file, and hands it over."""

    name: str
    """By which its files are kept apart from those of other exporters."""
    ending: str
    """Of the file's name."""
    media_type: str

    def write(self, file: HourFile) -> bytes:
        """The file, the same bytes for the same hour. Runs in a thread, and touches nothing else."""

    async def deliver(self, name: str, body: bytes) -> None:
        """Hand a file over. May be called again with the same file, after a crash: that must change nothing.

        Raises:
            DeliveryFailed: nothing was handed over, or not for certain.
        """


class _IntoFolder:
    """Files in a folder, from where another program fetches them; without a folder they wait at the desk."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    async def deliver(self, name: str, body: bytes) -> None:
        if self.folder is not None:
            await asyncio.to_thread(_put, self.folder, name, body)


class CsvExporter(_IntoFolder):
    """RFC 4180 in UTF-8 with a byte order mark. A heading says of each field whether it is assumed."""

    name = "csv"
    ending = "csv"
    media_type = "text/csv"

    def write(self, file: HourFile) -> bytes:
        """A row a sale; texts that a spreadsheet would take for a formula get an apostrophe."""
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(f"{field.name} (assumed)" if field.assumed else field.name for field in FIELDS)
        for sale in file.sales:
            told = _told(sale)
            writer.writerow(harmless(text) if isinstance(text, str) else text for text in told.values())
        return buffer.getvalue().encode("utf-8-sig")


class JsonExporter(_IntoFolder):
    """The same as JSON, with the fields and what they mean at its head."""

    name = "json"
    ending = "json"
    media_type = "application/json"

    def write(self, file: HourFile) -> bytes:
        """One object: the hour, the fields, the sales."""
        return msgspec.json.encode(
            {"hour": file.hour, "country": COUNTRY, "fields": FIELDS, "sales": [_told(sale) for sale in file.sales]}
        )


EXPORTERS: Final[Mapping[str, Callable[[Path | None], MonitoringExporter]]] = {
    "csv": CsvExporter,
    "json": JsonExporter,
}


def exporter_of(settings: Settings) -> MonitoringExporter | None:
    """The exporter that the settings switch on; None: none."""
    make = EXPORTERS.get(settings.monitoring)
    folder = Path(settings.monitoring_folder).expanduser() if settings.monitoring_folder else None
    return make(folder) if make else None


def _told(sale: MonitoredSale) -> dict[str, Any]:
    return {
        **msgspec.to_builtins(sale),
        "late": "yes" if sale.late else "no",
        "session_time": f"{sale.session_time:%H:%M}",
        "price": str(units(Money(sale.price, sale.currency))),
        "at": sale.at.isoformat(timespec="seconds"),
    }


def _put(folder: Path, name: str, body: bytes) -> None:
    """Whole or not at all: whoever watches the folder never sees half a file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).chmod(0o640)
        Path(file.name).replace(folder / name)
    except OSError as error:
        raise DeliveryFailed(f"{folder}: {error.strerror or error}") from error
