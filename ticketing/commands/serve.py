"""`ticketing serve`."""

import os
import tempfile

import click
import uvicorn

from ticketing.commands.connecting import settings_with_servers
from ticketing.kernel.settings import PREFIX, Settings


@click.command
@click.option(
    "--grace-s",
    type=click.FloatRange(0, 60),
    default=3.0,
    show_default=True,
    help="At the end, seconds for requests under way; live updates are cut off after that.",
)
def command(grace_s: float) -> None:
    """Run the web server on TICKETING_HOST and TICKETING_PORT, with TICKETING_WORKERS processes.

    Ends on SIGTERM or Ctrl-C. SIGHUP starts the workers anew, one after the other.
    """
    settings = settings_with_servers()
    # The workers read their settings from the environment, and must find the same servers and folder as we do.
    os.environ |= {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        f"{PREFIX}DATA": str(settings.data_path),
    }
    # Each process counts in a file of its own there, and /metrics adds them up.
    with tempfile.TemporaryDirectory(prefix="ticketing-metrics-") as counters:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", counters)
        _serve(settings, grace_s)


def _serve(settings: Settings, grace_s: float) -> None:
    uvicorn.run(
        "ticketing.web.app:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_keep_alive=75,
        # uvicorn takes whole seconds or fractions alike; its annotation knows only the former.
        timeout_graceful_shutdown=grace_s,  # type: ignore[arg-type]
        # A worker that does not answer so long hangs and is replaced; a busy machine must not look like that. It
        # is also how long a worker that is killed while it starts goes unnoticed.
        timeout_worker_healthcheck=10,
    )
