"""Commands about callers: the first operator, development codes, key pairs and signatures."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

import click

from service.core.clock import Clock, rfc3339, system_clock
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
from service.core.opening import Opening
from service.core.refusals import Refusal
from service.core.signing import RequestLine, make_request_token, make_ticket
from service.identity.operations.create_operator import create_operator
from service.identity.operations.list_development_codes import list_development_codes
from service.settings import SettingsError, read_settings

KEY_OPTION = click.option(
    "--key", "key_path", required=True, type=click.Path(path_type=Path), help="private key made by `tanhui keygen`"
)


def commands(opening: Callable[[], Opening]) -> tuple[click.Command, ...]:
    """Return the commands of identity."""
    return (_operator(opening), _dev(opening), sign, keygen, bind_ticket)


def _operator(opening: Callable[[], Opening]) -> click.Group:
    @click.group()
    def operator() -> None:
        """Operators of the platform."""

    @operator.command()
    @click.argument("login")
    @click.option("--password-stdin", is_flag=True, help="read the password from standard input")
    def create(login: str, *, password_stdin: bool) -> None:
        """Create the first operator; refused once there is one."""
        if password_stdin:
            password = sys.stdin.readline().rstrip("\r\n")
        else:
            password = click.prompt("密码 Password", hide_input=True, confirmation_prompt=True)
        try:
            made = create_operator(opening().context(), login, password)
        except Refusal as refusal:
            raise _explained(refusal) from None
        click.echo(f"operator {made.login} ({made.role})")

    return operator


def _dev(opening: Callable[[], Opening]) -> click.Group:
    @click.group()
    def dev() -> None:
        """Conveniences of development mode."""

    @dev.command()
    @click.argument("phone", required=False)
    @click.option(
        "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="codes to print at most"
    )
    def codes(phone: str | None, limit: int) -> None:
        """Print the sign-in codes that may still be used, newest first: PHONE CODE END."""
        context = opening().context()
        if not context.development:
            message = "codes can be read in development mode only"
            raise click.ClickException(message)
        try:
            found = list_development_codes(context, phone, limit)
        except Refusal as refusal:
            raise _explained(refusal) from None
        for number, code, expires_at in found:
            click.echo(f"{number} {code} {rfc3339(expires_at)}")

    return dev


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


def _explained(refusal: Refusal) -> click.ClickException:
    zh, en = (refusal.detail.say(language, **refusal.params) for language in ("zh-CN", "en"))
    return click.ClickException(f"{refusal.code}: {zh} / {en}")
