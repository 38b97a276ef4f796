"""What a command shows: tables, and lines of progress."""

import contextlib
import time
from collections.abc import Iterator, Sequence

import click


def show_table(head: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    """Print rows under their heads, columns as wide as they need to be; ``empty`` where there are no rows."""
    if not rows:
        click.echo(empty)
        return
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    click.echo(click.style(_line(head, widths), dim=True))
    for row in rows:
        click.echo(_line(row, widths))


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


class Step:
    """A step under way. ``outcome`` is what its line will say at the end."""

    outcome = "done"


class Progress:
    """Lines of progress. A terminal that was closed does not keep us from going on."""

    def __init__(self) -> None:
        self._in_step = False

    def say(self, text: str) -> None:
        """One line."""
        if self._in_step:
            self._in_step = False
            self._write("\n")
        self._write(text + "\n")

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """A step that may take a while: its name is shown at once, outcome and seconds when it is done."""
        step = Step()
        self._write(f"  {name:<10} …")
        self._in_step = True
        started_at_s = time.monotonic()
        try:
            yield step
        except BaseException:
            if self._in_step:
                self._write("\n")
            raise
        else:
            beginning = "" if self._in_step else f"  {name:<10} …"
            self._write(f"{beginning} {step.outcome} ({time.monotonic() - started_at_s:.1f} s)\n")
        finally:
            self._in_step = False

    @staticmethod
    def _write(text: str) -> None:
        with contextlib.suppress(OSError):
            click.echo(text, nl=False)
