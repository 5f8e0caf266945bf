"""Commands about callers: the first operator, development codes."""

import sys
from collections.abc import Callable

import click

from service.core.clock import rfc3339
from service.core.opening import Opening
from service.core.refusals import Refusal
from service.identity.operations.create_operator import create_operator
from service.identity.operations.list_development_codes import list_development_codes


def commands(opening: Callable[[], Opening]) -> tuple[click.Command, ...]:
    """Return the commands of identity."""
    return (_operator(opening), _dev(opening))


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


def _explained(refusal: Refusal) -> click.ClickException:
    zh, en = (refusal.detail.say(language, **refusal.params) for language in ("zh-CN", "en"))
    return click.ClickException(f"{refusal.code}: {zh} / {en}")
