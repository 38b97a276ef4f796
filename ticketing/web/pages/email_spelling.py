"""Addresses that look misspelled: who types ``gmial.com`` gets no ticket, and nobody hears of it. Pure."""

from typing import Final

# Mail services that many people use, here and in France. An address at one of them is never doubted.
USUAL_DOMAINS: Final = (
    "gmail.com", "mail.ru", "yandex.ru", "yandex.kz", "yandex.com", "ya.ru", "inbox.ru", "list.ru", "bk.ru",
    "internet.ru", "rambler.ru", "mail.kz", "icloud.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr",
    "live.com", "live.fr", "yahoo.com", "yahoo.fr", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "laposte.net",
    "proton.me", "protonmail.com", "nu.edu.kz",
)  # fmt: skip
# Real ones that lie a letter away from a usual one.
OTHER_DOMAINS: Final = frozenset({"mail.com", "email.com", "ymail.com", "gmx.com", "mail.fr", "inbox.lv", "me.com"})
# Shorter names are near everything.
NAME_SIGNS_MIN: Final = 6
LONG_NAME_SIGNS: Final = 9


def spelled_right(email: str) -> str | None:
    """The address that was probably meant, or None where there is nothing to ask.

    >>> spelled_right("dana@gmial.com")
    'dana@gmail.com'
    """
    name, mark, domain = email.strip().rpartition("@")
    domain = domain.lower().rstrip(".").replace(",", ".")
    if not mark or not name or len(domain) < NAME_SIGNS_MIN or domain in OTHER_DOMAINS:
        return None
    near = min(USUAL_DOMAINS, key=lambda usual: (steps_between(domain, usual), usual))
    steps = steps_between(domain, near)
    allowed = 2 if len(near) >= LONG_NAME_SIGNS and domain[0] == near[0] else 1
    meant = f"{name}@{near}"
    return (
        meant
        if len(near) >= NAME_SIGNS_MIN and steps <= allowed and meant.lower() != email.strip().lower()
        else None
    )


def steps_between(one: str, other: str) -> int:
    """How many letters must be put in, taken out, changed or swapped with the next to make one text the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        line = [row]
        for column, wanted in enumerate(other, start=1):
            steps = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != wanted))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted:
                steps = min(steps, before[column - 2] + 1)
            line.append(steps)
        before, last = last, line
    return last[-1]
