"""The Lua scripts, and the keys of a screening."""

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from ticketing.kernel.redis import Argument, Redis, Script
from ticketing.kernel.throttle import network_of

_FOLDER = Path(__file__).parent / "lua"
# What some scripts share beyond what all do.
_SHARED = {
    "hold_named": "take",
    "hold_best": "take",
    "hold_area": "take",
    "tend_queue": "offers",
    "finish_rebuild": "offers",
}


class Keys(msgspec.Struct, frozen=True):
    """The Redis keys of one screening. They share a hash tag, so a cluster keeps them on one node."""

    tag: str

    def shared(self) -> list[str]:
        """The four that every script is given: mirror, seats, holds, expiry."""
        return [f"{self.tag}:mirror", f"{self.tag}:seats", f"{self.tag}:holds", f"{self.tag}:expiry"]

    def rate(self, client: str) -> str:
        """The counter of a client's requests in the current minute."""
        return f"{self.tag}:rate:{network_of(client)}"

    def ranking(self, layout_id: str, count: int, zone: str | None, wheelchair: int) -> list[str]:
        """The ranked blocks for a wish (they never go stale, as no layout changes), and what is left of them."""
        wish = f"{layout_id}:{count}:{wheelchair}:{zone or ''}"
        return [f"{self.tag}:best:{wish}", f"{self.tag}:left:{wish}"]

    def rebuild(self) -> str:
        """The token of a rebuild under way."""
        return f"{self.tag}:rebuild"

    def late(self) -> str:
        """What a rebuild under way must add to what it read."""
        return f"{self.tag}:late"

    def changes(self) -> str:
        """The channel on which each change is published."""
        return f"{self.tag}:mirror:changes"


def keys_of(screening_id: str) -> Keys:
    """The keys of a screening."""
    return Keys("{" + screening_id + "}")


def screening_of_channel(channel: str) -> str:
    """The inverse of ``keys_of(…).changes()``."""
    return channel[1 : channel.index("}")]


@cache
def script(name: str) -> Script:
    """The script of ``lua/<name>.lua`` with what it shares with the others in front."""
    parts = ["prelude", _SHARED[name], name] if name in _SHARED else ["prelude", name]
    body = "\n".join((_FOLDER / f"{part}.lua").read_text(encoding="utf-8") for part in parts)
    # Comments and indentation are for us: Redis keeps each script whole in memory.
    return Script(name, re.sub(r"(?m)^\s*--.*\n|^\s+", "", body))


async def run_script(
    redis: Redis,
    name: str,
    screening_id: str,
    arguments: Sequence[Argument],
    more_keys: Sequence[str] = (),
    *,
    layout_id: str = "",
) -> tuple[str, list[Any]]:
    """Run a script of a screening; its outcome and what follows it.

    ``layout_id`` is the layout whose places the arguments, or the answer, count; a mirror of another one is as good
    as none. Left out where no place is named.

    Raises:
        SeatingUnavailable: Redis does not answer.
    """
    run_id = redis.run_id or await redis.known_run_id()
    keys = [*keys_of(screening_id).shared(), *more_keys]
    gate = f"{run_id} {layout_id}" if layout_id else run_id
    answer = await redis.run(script(name), keys, [gate, *arguments])
    return answer[0].decode(), answer[1:]
