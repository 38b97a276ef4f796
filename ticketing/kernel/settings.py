"""Settings, read once from the environment at the start. Each is documented here and nowhere else;
``docs/settings.md`` is printed from this file by ``ticketing settings``.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import msgspec
from msgspec import Meta

PREFIX = "TICKETING_"
# Conventional names that hosting platforms set, without our prefix.
PLAIN_NAMES = {"database_url": "DATABASE_URL", "redis_url": "REDIS_URL"}


class SettingsInvalid(Exception):
    """A setting has a value that it can't have. Carries every bad one, so that all are mended at once."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator decides. Names are those of the environment, in lower case, without the prefix."""

    database_url: Annotated[
        str,
        Meta(
            description="Postgres, TCP or socket, for example postgresql:///ticketing?host=/run/postgresql. "
            "Empty: the demo starts its own."
        ),
    ] = ""
    redis_url: Annotated[
        str,
        Meta(description="Redis or Valkey: redis://, rediss:// or unix://. Empty: the demo starts its own."),
    ] = ""
    data: Annotated[
        str, Meta(description="The folder for everything that lasts: the demo's servers, secrets, mail.")
    ] = "data"
    host: Annotated[str, Meta(description="The address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535, description="The port to listen on.")] = 8000
    workers: Annotated[int, Meta(ge=1, le=64, description="Web processes.")] = 2
    base_url: Annotated[
        str,
        Meta(description="The address that people see, for links in mails and codes. Empty: http://host:port."),
    ] = ""
    secret: Annotated[
        str,
        Meta(
            description="Seals order secrets and signing keys; at least 32 signs. Keep it: with another one "
            "old links and keys no longer open. Empty: made at the first run and kept in the data folder."
        ),
    ] = ""
    demo_password: Annotated[
        str, Meta(description="One password for all demo staff. Empty: random ones, printed.")
    ] = ""
    payment_providers: Annotated[
        str,
        Meta(
            description="Ways of paying on offer, separated by commas, in the order in which buyers see them: "
            "`stripe`, `counter` (at the box office), `demo` (no money moves). The demo switches `demo` and "
            "`counter` on."
        ),
    ] = ""
    stripe_secret_key: Annotated[
        str, Meta(description="Stripe's secret or restricted key. Without it `stripe` is not offered.")
    ] = ""
    stripe_webhook_secret: Annotated[
        str,
        Meta(
            description="The signing secret of the webhook endpoint at Stripe; several, separated by commas, while "
            "it is changed. Without it `stripe` is not offered."
        ),
    ] = ""
    stripe_api_base: Annotated[str, Meta(description="Another address of Stripe's API, for tests.")] = ""
    smtp_url: Annotated[
        str,
        Meta(
            description="smtp://user:password@host:port or smtps://… . Empty: mails are written to the data folder."
        ),
    ] = ""
    mail_from: Annotated[str, Meta(description="The sender of mails.")] = "tickets@localhost"
    apple_wallet_certificate: Annotated[
        str,
        Meta(
            description="The file of the pass type's certificate, PEM. With the next two: Apple Wallet is offered."
        ),
    ] = ""
    apple_wallet_key: Annotated[
        str, Meta(description="The file of that certificate's private key, PEM without a password.")
    ] = ""
    apple_wallet_wwdr: Annotated[
        str, Meta(description="The file of Apple's WWDR certificate that signed it, PEM.")
    ] = ""
    google_wallet_issuer: Annotated[
        str, Meta(pattern="^[0-9]*$", description="The issuer's number in the Google Wallet console.")
    ] = ""
    google_wallet_key: Annotated[
        str,
        Meta(description="The file of a service account's JSON key. With the issuer: Google Wallet is offered."),
    ] = ""
    body_bytes_max: Annotated[int, Meta(ge=1024, le=104_857_600, description="Largest request body, in bytes.")] = (
        262_144
    )
    holds_per_client_per_minute_max: Annotated[
        int,
        Meta(
            ge=0,
            description="Hold requests of one address on one screening in a minute; 0: no limit. Whole "
            "towns share an address behind mobile networks, so be generous.",
        ),
    ] = 6000
    postgres_connections_max: Annotated[
        int, Meta(ge=1, le=500, description="Postgres connections of each process.")
    ] = 10
    postgres_statement_timeout_ms: Annotated[
        int, Meta(ge=100, description="Longest statement, in milliseconds.")
    ] = 10_000
    redis_timeout_ms: Annotated[int, Meta(ge=50, description="Longest wait for Redis, in milliseconds.")] = 2_000
    reconcile_every_s: Annotated[
        int,
        Meta(ge=1, le=3600, description="Seconds between two comparisons of the seat mirror with Postgres."),
    ] = 10
    monitoring: Annotated[
        str,
        Meta(
            pattern="^(off|csv|json)$",
            description="Files for the Kazakh monitoring system (ЕАИС), every hour, of sales for venues in "
            "Kazakhstan: `off`, `csv` or `json`.",
        ),
    ] = "off"
    monitoring_folder: Annotated[
        str,
        Meta(description="The folder into which workers write those files. Empty: they wait at the desk."),
    ] = ""
    webhooks_inner: Annotated[
        bool,
        Meta(
            description="Webhooks may also go to addresses inside a network, over plain http and to any port. "
            "Switch on only where all organisers may reach what this server reaches."
        ),
    ] = False
    worker_metrics_port: Annotated[
        int, Meta(ge=0, le=65535, description="Port on which a worker shows its own metrics; 0: none.")
    ] = 0
    staff_session_s: Annotated[int, Meta(ge=60, description="Lifetime of a staff sign-in, in seconds.")] = 43_200
    staff_idle_s: Annotated[
        int, Meta(ge=60, description="A staff sign-in that nobody works with ends after so many seconds.")
    ] = 14_400
    staff_second_factor_roles: Annotated[
        str,
        Meta(
            pattern="^((door|box_office|supervisor|organiser|admin)(, *|$))*$",
            description="Roles that sign in with a second step, separated by commas, for example "
            "`organiser,admin`. Whoever has one and no second step yet may do nothing but set it up.",
        ),
    ] = ""
    secure_cookies: Annotated[
        bool, Meta(description="Cookies only over HTTPS. Switch off only for a demo on plain HTTP.")
    ] = True
    trusted_proxies: Annotated[
        str,
        Meta(
            description="Addresses whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by commas."
        ),
    ] = "127.0.0.1"
    log_format: Annotated[str, Meta(pattern="^(console|json)$", description="console or json.")] = "console"

    @property
    def data_path(self) -> Path:
        """The data folder as an absolute path; it may not exist yet."""
        return Path(self.data).expanduser().resolve()

    @property
    def public_url(self) -> str:
        """The address that people see, without a slash at the end."""
        if self.base_url:
            return self.base_url.rstrip("/")
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"

    @property
    def second_factor_roles(self) -> frozenset[str]:
        """The roles that sign in with a second step."""
        return frozenset(name.strip() for name in self.staff_second_factor_roles.split(",") if name.strip())

    @property
    def providers(self) -> tuple[str, ...]:
        """The ways of paying on offer."""
        return tuple(name.strip() for name in self.payment_providers.split(",") if name.strip())


def environment_name(field: str) -> str:
    """The environment variable of a setting, for example ``TICKETING_PORT``."""
    return PLAIN_NAMES.get(field, PREFIX + field.upper())


def read_settings(environment: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The settings of this process, from ``environment`` (that of the process by default).

    ``overrides`` win over the environment. A name with our prefix that no setting has is an error, since a
    misspelt setting would otherwise be in force nowhere and missed by nobody.

    Raises:
        SettingsInvalid: with every bad value and unknown name.
    """
    source = os.environ if environment is None else environment
    kinds = get_type_hints(Settings, include_extras=True)
    values: dict[str, Any] = {}
    problems: list[str] = []
    for field in Settings.__struct_fields__:
        name = environment_name(field)
        raw = source.get(name)
        if raw is None and field in PLAIN_NAMES:
            raw = source.get(PREFIX + field.upper())
        if raw is None or (raw == "" and field not in PLAIN_NAMES):
            continue
        try:
            values[field] = msgspec.convert(raw, kinds[field], strict=False)
        except msgspec.ValidationError as error:
            problems.append(f"{name}: {error}")
    known = {environment_name(field) for field in Settings.__struct_fields__}
    known |= {PREFIX + field.upper() for field in PLAIN_NAMES}
    problems += [f"{name}: no such setting" for name in source if name.startswith(PREFIX) and name not in known]
    values |= overrides
    if values.get("secret") and len(values["secret"]) < 32:
        problems.append(f"{environment_name('secret')}: needs at least 32 signs")
    if problems:
        raise SettingsInvalid(problems)
    return Settings(**values)
