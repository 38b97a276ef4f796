"""Pictures that organisers brought, at addresses that never change what they show."""

import re
from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from ticketing.kernel.errors import Missing
from ticketing.programme.catalogue import Catalogue
from ticketing.programme.model import Film, Picture

FOREVER: Final = "public, max-age=31536000, immutable"
_NAME = re.compile(r"([0-9a-f]{32})-(\d{1,4})\.webp")


def picture_address(picture: Picture, width: int) -> str:
    """Where a picture is shown in one of its sizes."""
    return f"/pictures/{picture.picture}-{width}.webp"


def poster_address(film: Film, width: int) -> str:
    """Where a film's poster is shown: the one that was brought, in that size, else the one that is drawn."""
    return picture_address(film.poster, width) if film.poster else f"/posters/{film.film}.svg"


@get("/pictures/{name:str}", opt={"access": "public"}, include_in_schema=False)
async def show_picture(catalogue: NamedDependency[Catalogue], name: FromPath[str]) -> Response[bytes]:
    """A picture in a size, for example ``/pictures/0123…-160.webp``: named by a hash, so it is kept for good."""
    named = _NAME.fullmatch(name)
    body = await catalogue.picture_size(named[1], int(named[2])) if named else None
    if body is None:
        raise Missing
    return Response(body, media_type="image/webp", headers={"cache-control": FOREVER})
