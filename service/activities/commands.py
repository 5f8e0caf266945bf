"""Commands of activities."""

import json
from collections.abc import Callable
from typing import TextIO

import click

from service.activities.domain.programme import read_programme
from service.activities.domain.refusals import ProgrammeExists, ProgrammeUnfit
from service.activities.operations.create_programme import create_programme
from service.core.opening import Opening


def commands(opening: Callable[[], Opening]) -> list[click.Command]:
    """Return the commands of activities."""

    @click.group("programme")
    def programme() -> None:
        """Programmes: where, when and how far back activities count."""

    @programme.command("create")
    @click.argument("file", type=click.File("r", encoding="utf-8"))
    def create(file: TextIO) -> None:
        """Create the programme that a JSON FILE declares.

        Fields: code, name_zh, name_en, polygon ([[lng, lat], ...]), starts_on, ends_on, max_age_days.
        """
        try:
            declared = read_programme(json.loads(file.read(), parse_float=str))
            created = create_programme(opening().context(), declared)
        except json.JSONDecodeError as error:
            message = f"{file.name} is not JSON: {error}"
            raise click.ClickException(message) from error
        except (ProgrammeUnfit, ProgrammeExists) as refusal:
            sentence = refusal.detail.say("en", **refusal.params)
            message = f"{refusal.code}: {sentence}"
            raise click.ClickException(message) from refusal
        click.echo(f"programme {declared.code} {'created' if created else 'is there already'}")

    return [programme]
