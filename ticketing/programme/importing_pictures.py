"""Pictures of a programme: files in `posters/` and `logos/` beside its tables, named after what they belong to."""

from pathlib import Path
from typing import Final

import msgspec

from ticketing.kernel.i18n import Sentence
from ticketing.kernel.postgres import Connection
from ticketing.kernel.queries import load_queries
from ticketing.programme.importing_whole import Whole
from ticketing.programme.pictures import (
    PICTURE_BYTES_MAX,
    SUFFIXES,
    MadePicture,
    PictureKind,
    PictureUnfit,
    make_picture,
)
from ticketing.programme.problems import Problems, one_of

SQL = load_queries("programme_import")

FOLDERS: Final[dict[str, tuple[PictureKind, str]]] = {"posters": ("poster", "film"), "logos": ("logo", "festival")}
"""A folder's name: what its pictures are, and the table whose ids name its files."""
PICTURES_MAX: Final = 1000


class PictureFile(msgspec.Struct, frozen=True):
    """A picture and what it belongs to: the film, or the festival, of id `of`."""

    file: str
    kind: PictureKind
    table: str
    of: str
    made: MadePicture


def collect_pictures(path: Path, problems: Problems) -> list[PictureFile]:
    """The pictures in a programme's folder or beside its workbook, made safe; others are noted in `problems`.

    Names that begin with a dot or an underscore are passed over: systems leave files of their own in folders.
    """
    folder = path if path.is_dir() else path.parent
    found: list[PictureFile] = []
    for name, (kind, table) in FOLDERS.items():
        files = sorted(file for file in _listed(folder / name, problems) if file.name[0] not in "._")
        if len(files) > PICTURES_MAX:
            problems.add(f"{name}/", Sentence("at most %(most)s pictures", most=PICTURES_MAX), value=len(files))
            continue
        first: dict[str, str] = {}
        for file in files:
            shown = f"{name}/{file.name}"
            other = first.setdefault(file.stem, shown)
            if file.suffix.lower() not in SUFFIXES:
                expected = Sentence("a picture: %(endings)s", endings=", ".join(SUFFIXES))
                problems.add(shown, expected, table=table, key=file.stem)
            elif other != shown:
                expected = Sentence("one picture a %(table)s; %(other)s is another", table=table, other=other)
                problems.add(shown, expected, table=table, key=file.stem)
            elif made := _made(folder, file, shown, kind, problems):
                found.append(PictureFile(shown, kind, table, file.stem, made))
    return found


def check_pictures(whole: Whole, pictures: list[PictureFile]) -> None:
    """Each picture is of a film, or a festival, that exists after the import."""
    for picture in pictures:
        if not whole.has(picture.table, picture.of):
            known = [key[0] for key in whole.all(picture.table)]
            rest = one_of(known, picture.of)
            expected = Sentence("a file named after a %(table)s, %(rest)s", table=picture.table, rest=rest)
            whole.problems.add(picture.file, expected, table=picture.table, value=picture.of)


async def write_pictures(connection: Connection, pictures: list[PictureFile]) -> dict[str, tuple[int, int, int]]:
    """Write them within the import's transaction: how many were added, changed and the same, by kind."""
    counts: dict[str, tuple[int, int, int]] = {}
    for kind in dict.fromkeys(picture.kind for picture in pictures):
        ours = [picture for picture in pictures if picture.kind == kind]
        for picture in ours:
            made = picture.made
            await connection.execute(SQL.store_picture, made.picture, made.width, made.height)
            for width_max, body in made.sizes.items():
                await connection.execute(SQL.store_picture_size, made.picture, width_max, body)
        shown = [{"of": picture.of, "picture_id": picture.made.picture} for picture in ours]
        touched = await connection.fetch(SQL.statements[f"upsert_{kind}"], shown)
        added = sum(record["added"] for record in touched)
        counts[kind] = (added, len(touched) - added, len(ours) - len(touched))
    return counts


def _listed(folder: Path, problems: Problems) -> list[Path]:
    try:
        return list(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        problems.add(
            f"{folder.name}/", Sentence("a folder that can be read (%(why)s)", why=error.strerror or error)
        )
        return []


def _made(folder: Path, path: Path, shown: str, kind: PictureKind, problems: Problems) -> MadePicture | None:
    try:
        # A link may not lead out of the folder: what lies there is not the organiser's to publish.
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            problems.add(shown, Sentence("a file beneath the programme's folder"), key=path.stem)
            return None
        with path.open("rb") as stream:
            # One byte more than allowed is enough to know: a file of a gigabyte is never read.
            return make_picture(stream.read(PICTURE_BYTES_MAX + 1), kind)
    except PictureUnfit as unfit:
        problems.add(shown, unfit.expected, key=path.stem)
    except (OSError, RuntimeError) as error:
        problems.add(shown, Sentence("a file that can be read (%(why)s)", why=error), key=path.stem)
    return None
