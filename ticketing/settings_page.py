"""The page that tells an operator all settings, written from the settings themselves."""

from typing import Any, get_args, get_type_hints

import msgspec

from ticketing.kernel.settings import Settings, environment_name

HEAD = """# Settings

Read once, at the start, from the environment. A name that begins with `TICKETING_` and is no setting is refused,
and so is a value that a setting can't have; all mistakes are told together.

| name | default | meaning |
|---|---|---|
"""


def settings_page() -> str:
    """The table of all settings as Markdown, in the order in which they are declared."""
    kinds = get_type_hints(Settings, include_extras=True)
    rows = []
    for field in msgspec.structs.fields(Settings):
        meaning = _description(kinds[field.name]).replace("|", "\\|")
        rows.append(f"| `{environment_name(field.name)}` | {_shown(field.default)} | {meaning} |\n")
    return HEAD + "".join(rows)


def _description(kind: Any) -> str:
    metas = [meta for meta in get_args(kind) if isinstance(meta, msgspec.Meta)]
    return " ".join(meta.description for meta in metas if meta.description)


def _shown(default: Any) -> str:
    if default == "":
        return "–"
    return f"`{str(default).lower()}`" if isinstance(default, bool) else f"`{default}`"
