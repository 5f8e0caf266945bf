"""The `tanhui` command. What signs starts in a blink; what operates the service is imported when asked for."""

from importlib import import_module
from typing import Any

import click

SIGNING = ("sign", "keygen", "bind-ticket")


class Commands(click.Group):
    """Finds a command without importing the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return every command's name."""
        return sorted([*SIGNING, *_operating()])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return the named command."""
        if cmd_name in SIGNING:
            found: click.Command = getattr(import_module("service.signing_commands"), cmd_name.replace("-", "_"))
            return found
        return _operating().get(cmd_name)


def _operating() -> dict[str, Any]:
    commands: dict[str, Any] = import_module("service.operating").COMMANDS
    return commands


@click.command(cls=Commands)
def main() -> None:
    """碳惠春城 Tanhui Chuncheng: Kunming's carbon-inclusion platform."""
