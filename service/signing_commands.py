"""Commands of those who sign: key pairs, signed requests, binding tickets. They open no database."""

import json
import os
from pathlib import Path
from typing import IO

import click

from service.core.clock import Clock, system_clock
from service.core.ids import uuid7_source
from service.core.key_pairs import (
    KeyUnusable,
    PrivateKey,
    key_id_of,
    new_private_key,
    public_jwk,
    read_private_key,
    write_private_key,
)
from service.core.signing import RequestLine, make_request_token, make_ticket
from service.settings import SettingsError, read_settings

KEY_OPTION = click.option(
    "--key", "key_path", required=True, type=click.Path(path_type=Path), help="private key made by `tanhui keygen`"
)


@click.command()
@click.argument("method")
@click.argument("path")
@click.argument("file", type=click.File("rb"), required=False)
@KEY_OPTION
def sign(method: str, path: str, file: IO[bytes] | None, key_path: Path) -> None:
    """Print the header that signs METHOD PATH with the body in FILE (- is standard input), for curl -H.

    PATH is everything behind the host, query included, written exactly as it will be sent.
    """
    if not path.startswith("/"):
        message = "PATH starts with a slash, like /v1/partner/batches"
        raise click.UsageError(message)
    now = _clock()
    body = b"" if file is None else file.read()
    token = make_request_token(
        _read_key(key_path), RequestLine.of(method, path), body, now=now(), request_id=uuid7_source(now)()
    )
    click.echo(f"Authorization: Machine {token}")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
def keygen(path: Path) -> None:
    """Write a new private key to PATH (readable by its owner only) and print the public key as a JWK."""
    key = new_private_key()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        message = f"{path} exists; a key is never overwritten"
        raise click.ClickException(message) from None
    except OSError as error:
        raise click.ClickException(str(error)) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(write_private_key(key))
    public = key.public_key()
    click.echo(json.dumps({**public_jwk(public), "kid": key_id_of(public)}))


@click.command("bind-ticket")
@click.argument("subject_token")
@KEY_OPTION
def bind_ticket(subject_token: str, key_path: Path) -> None:
    """Print a ticket by which a citizen binds the partner's account SUBJECT_TOKEN."""
    now = _clock()
    click.echo(make_ticket(_read_key(key_path), subject_token, now=now(), ticket_id=uuid7_source(now)()))


def _clock() -> Clock:
    """Return the clock that the service of this environment goes by; no database is opened."""
    try:
        return system_clock(read_settings().clock_offset_s)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def _read_key(path: Path) -> PrivateKey:
    try:
        return read_private_key(path.read_bytes())
    except (OSError, KeyUnusable) as error:
        message = f"{path}: {error}"
        raise click.ClickException(message) from None
