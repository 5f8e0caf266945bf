"""From settings to an open service: database, clock, keys, methods, gateway."""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from service import identity, methodology
from service.core import embedded
from service.core.clock import system_clock
from service.core.context import Context
from service.core.database import connect
from service.core.ids import uuid7_source
from service.core.keyring import SECRET_BYTES_MIN, Keyring
from service.migrations.run import APP_ROLE, migrate
from service.settings import Settings

SECRET_FILE = "secret.key"  # noqa: S105 - a file name


@dataclass(frozen=True, slots=True)
class Addresses:
    """The database, as its owner and as the restricted role."""

    owner_url: str
    app_url: str


def addresses(settings: Settings) -> Addresses:
    """Return where the database is; starts the embedded one if none is named."""
    if settings.database_url is None:
        running = embedded.ensure_running(settings.data_dir)
        return Addresses(running.url(), running.url(APP_ROLE))
    app_url = settings.database_url.get_secret_value()
    owner = settings.owner_database_url
    return Addresses(app_url if owner is None else owner.get_secret_value(), app_url)


def open_context(settings: Settings) -> Context:
    """Return the doors to the outside, as the restricted role."""
    engine = connect(addresses(settings).app_url, pool_size=settings.web_threads + 2)
    now = system_clock(settings.clock_offset_s)
    return Context(
        engine=engine,
        open_session=lambda: Session(engine, expire_on_commit=False),
        now=now,
        new_id=uuid7_source(now),
        random_bytes=os.urandom,
        keyring=Keyring(master_secret(settings), os.urandom),
        development=settings.development,
        public_url=settings.public_url,
    )


def migrate_database(settings: Settings) -> str:
    """Bring the database up to the newest schema and return its revision."""
    where = addresses(settings)
    return migrate(where.owner_url, app_url=where.app_url)


def sms_gateway(settings: Settings) -> identity.SmsGateway:
    """Return the real gateway where one is named, else the development one."""
    if settings.sms_url is not None and settings.sms_key is not None:
        return identity.HttpSmsGateway(settings.sms_url, settings.sms_key.get_secret_value().encode())
    return identity.DevelopmentGateway()


def load_catalogue() -> methodology.Catalogue:
    """Return the published methods; refuses to start when one was changed after publication."""
    return methodology.Catalogue.load()


def master_secret(settings: Settings) -> bytes:
    """Return the master secret; in development it is made once and kept beside the database."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    path = Path(settings.data_dir).expanduser() / SECRET_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(SECRET_BYTES_MIN))
    return path.read_bytes()
