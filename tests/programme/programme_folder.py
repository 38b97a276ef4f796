"""A small programme to import: one festival, two halls, three screenings, everything in order."""

from pathlib import Path

FESTIVAL = """
[[festival]]
festival = "premieres-2024"
name = { kk = "Француз премьералары", ru = "Французские премьеры", fr = "Premières", en = "French premieres" }
organisers = ["Ambassade de France", "CNC"]
country = "KZ"
currency = "KZT"
timezone = "Asia/Almaty"
starts_on = 2024-10-21
ends_on = 2024-10-27
colours = { primary = "#0b3d91", accent = "#c8102e" }
rules = { hold_ttl_s = 300, seats_per_hold_max = 6 }

[[zone]]
festival = "premieres-2024"
zone = "standard"
name = { en = "Standard" }
colour = "#1a7f5a"

[[zone]]
festival = "premieres-2024"
zone = "premium"
name = { en = "Premium" }
colour = "#aa3300"
position = 1

[[tariff]]
festival = "premieres-2024"
tariff = "full"
name = { en = "Full price" }
family = "other"

[[price]]
festival = "premieres-2024"
zone = "standard"
tariff = "full"
amount = 200000

[[price]]
festival = "premieres-2024"
zone = "premium"
tariff = "full"
amount = 350000

[[voucher]]
festival = "premieres-2024"
voucher = "SALEM-10"
percent = 10
uses_max = 50
valid_until = 2024-10-27T23:00:00
"""

FILMS = """
[[film]]
film = "le-bal"
original_title = "Le Bal"
title = { fr = "Le Bal", ru = "Бал" }
directors = ["Ettore Scola"]
year = 1983
running_minutes = 112
countries = ["FR", "IT"]
age_category = "12+"
certificate_number = "KZ-1"

[[version]]
version = "le-bal-vost"
film = "le-bal"
audio = "fr"
subtitles = ["ru", "kk"]
kind = "original"

[[version]]
version = "le-bal-kk"
film = "le-bal"
audio = "kk"
kind = "dubbed"
"""

SCREENINGS = """
[[venue]]
venue = "alatau"
name = { en = "Alatau" }
city = "almaty"
city_name = { kk = "Алматы", en = "Almaty" }
country = "KZ"
timezone = "Asia/Almaty"

[[hall]]
hall = "alatau-1"
venue = "alatau"
name = { en = "Hall 1" }
file = "halls/one.txt"

[[hall]]
hall = "alatau-foyer"
venue = "alatau"
name = { en = "Foyer" }
file = "halls/foyer.txt"

[[screening]]
festival = "premieres-2024"
screening = "mo-19"
version = "le-bal-vost"
hall = "alatau-1"
starts_at = 2024-10-21T19:00:00
accredited_places = 2

[[screening]]
festival = "premieres-2024"
screening = "tu-19"
film = "le-bal"
version = "le-bal-kk"
hall = "alatau-1"
starts_at = 2024-10-22T19:00:00
ends_at = 2024-10-22T21:00:00

[[screening]]
festival = "premieres-2024"
screening = "coproduction"
kind = "meeting"
title = { en = "Co-production", fr = "Coproduction" }
hall = "alatau-foyer"
audience = "accredited"
starts_at = 2024-10-22T10:00:00
ends_at = 2024-10-22T12:00:00

[[rental]]
festival = "premieres-2024"
rental = "le-bal"
film = "le-bal"
distributor = "Gaumont"
rate_basis_points = 4750

[[rental]]
festival = "premieres-2024"
rental = "le-bal-mo-19"
film = "le-bal"
screening = "mo-19"
distributor = "Gaumont"
flat_amount = 5000000

[[allotment]]
screening = "mo-19"
allotment = "embassy"
owner = "Ambassade de France"
seats = ["C-1", "C-2"]
release_minutes_before = 120
tariffs = ["full"]
"""

HALL = """
zone: premium
A 1w 2c 3-8
B 1w 2c 3-8
zone: standard
C 1-4 _ 5-8
"""

FOYER = "area: foyer 60"


def write_programme(folder: Path) -> Path:
    """The programme as a folder."""
    (folder / "halls").mkdir(parents=True)
    (folder / "festival.toml").write_text(FESTIVAL, encoding="utf-8")
    (folder / "films.toml").write_text(FILMS, encoding="utf-8")
    (folder / "screenings.toml").write_text(SCREENINGS, encoding="utf-8")
    (folder / "halls" / "one.txt").write_text(HALL, encoding="utf-8")
    (folder / "halls" / "foyer.txt").write_text(FOYER, encoding="utf-8")
    return folder


def change(folder: Path, file: str, old: str, new: str, *, count: int = 1) -> None:
    """Replace text in a file of the programme; it must be there."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")
