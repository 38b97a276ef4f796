"""This machine: Python, the data folder, the settings, the font of the tickets."""

import os
import shutil
import sys
from importlib import util
from pathlib import Path
from typing import Final

from PIL import ImageFont

from ticketing.doctor.findings import Finding, ok, problem, warning
from ticketing.kernel.secrets import FILE_NAME as SECRET_FILE
from ticketing.kernel.settings import Settings

FREE_DISK_BYTES_MIN: Final = 1_000_000_000
# One sign of each alphabet that a ticket is printed in, and those that fonts lack most often.
SIGNS_NEEDED: Final = "AЖӘҒҚҢӨҰҮҺІéœ€₸"
_FONT: Final = "NotoSans[wdth,wght].ttf"


def check_machine(settings: Settings) -> list[Finding]:
    """Python and the data folder."""
    findings = [ok(f"Python {sys.version.split()[0]}")]
    data = settings.data_path
    existing = next(folder for folder in (data, *data.parents) if folder.exists())
    if not os.access(existing, os.W_OK | os.X_OK):
        advice = f"give this user the right to write to {existing}, or set TICKETING_DATA to another folder"
        return [*findings, problem(f"the data folder {data} can't be written", advice)]
    free = shutil.disk_usage(existing).free
    if free < FREE_DISK_BYTES_MIN:
        text = f"the data folder {data} has {free / 1e6:.0f} MB left"
        findings.append(warning(text, "make room: mails and the demo's database are written there"))
    else:
        findings.append(ok(f"data folder {data}, {free / 1e9:.0f} GB free"))
    secret = data / SECRET_FILE
    if secret.exists() and secret.stat().st_mode & 0o077:
        findings.append(problem(f"others can read {secret}", f"chmod 600 {secret}; if they did, rotate the keys"))
    return findings


def check_settings(settings: Settings) -> list[Finding]:
    """Settings that are possible, but not wise together."""
    findings = []
    https = settings.public_url.startswith("https://")
    if https and not settings.secure_cookies:
        advice = "set TICKETING_SECURE_COOKIES=true"
        findings.append(problem("cookies are sent without encryption although the address is https", advice))
    if not https and settings.secure_cookies:
        text = f"cookies need https, and the address is {settings.public_url}: nobody can sign in there"
        advice = "set TICKETING_BASE_URL to the https address that people see (a demo on plain http: `make demo`)"
        findings.append(warning(text, advice))
    if not settings.secret and not (settings.data_path / SECRET_FILE).exists():
        advice = "set TICKETING_SECRET to the same value on every machine, or keep one data folder"
        findings.append(warning("the secret of the house will be made at the first start", advice))
    if "demo" in settings.providers and https:
        text = "the demo payment provider is on offer: whoever likes pays without money"
        findings.append(warning(text, "take `demo` out of TICKETING_PAYMENT_PROVIDERS before real sales"))
    unknown = sorted(set(settings.providers) - {"demo", "counter", "stripe"})
    if unknown:
        text = f"no way of paying is called {', '.join(unknown)}"
        findings.append(problem(text, "write demo, counter or stripe in TICKETING_PAYMENT_PROVIDERS"))
    if "stripe" in settings.providers and not (settings.stripe_secret_key and settings.stripe_webhook_secret):
        advice = "set TICKETING_STRIPE_SECRET_KEY and TICKETING_STRIPE_WEBHOOK_SECRET"
        findings.append(problem("Stripe is switched on without its keys, so it is not offered", advice))
    if not settings.smtp_url:
        text = f"no mail leaves this machine: it is written to {settings.data_path / 'mail'}"
        findings.append(warning(text, "set TICKETING_SMTP_URL and TICKETING_MAIL_FROM"))
    return findings or [ok("settings")]


def check_fonts() -> Finding:
    """The font that tickets are printed with."""
    missing = _missing_signs()
    if missing is None:
        return problem("the font of the tickets is missing", "install the package again: pip install ticketing")
    if missing:
        return problem(
            f"the font of the tickets lacks {' '.join(missing)}", "install fontpkg-noto-sans 2.15 or newer"
        )
    return ok("fonts: Kazakh, Russian, French and the tenge sign")


def _missing_signs() -> str | None:
    """Those of ``SIGNS_NEEDED`` that the font lacks; None where there is no font."""
    spec = util.find_spec("fontpkg_noto_sans")
    path = Path(spec.origin).parent / "files" / _FONT if spec and spec.origin else None
    if path is None or not path.exists():
        return None
    font = ImageFont.truetype(str(path), 32)
    # What a font lacks it draws as one and the same sign; a code point of private use is always lacking.
    lacking = bytes(font.getmask("\ue000"))
    return "".join(sign for sign in SIGNS_NEEDED if bytes(font.getmask(sign)) == lacking)
