"""`tanhui demo`: the whole main job on one screen."""

import json
import signal
import socket
import time
from dataclasses import dataclass
from types import FrameType
from typing import Any

import click
from rich.console import Console

from service.core import embedded
from service.core.texts import Language
from service.demo.addresses import show_addresses
from service.demo.board import Board
from service.demo.client import Door, Unexpected
from service.demo.day import Day, new_summary
from service.demo.folder import Folder
from service.demo.people import CITIZENS_MAX
from service.demo.processes import Service
from service.demo.summary import show
from service.demo.world import Scenario, SizeUnfit, check_sizes, make_world
from service.settings import Settings, SettingsError, read_settings

WATCH_S = 1.0


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the command was called."""

    citizens: int
    rides: int
    seed: int
    port: int
    language: Language
    leave: bool
    as_json: bool

    @property
    def scenario(self) -> Scenario:
        """What decides the week."""
        return Scenario(self.seed, self.citizens, self.rides)


@click.command()
@click.option("--exit", "leave", is_flag=True, help="stop after the run; 0 only if the books agree")
@click.option("--citizens", default=2_000, show_default=True, help=f"how many citizens, up to {CITIZENS_MAX}")
@click.option("--rides", default=20_000, show_default=True, help="how many ride records, wrong ones included")
@click.option("--seed", default=1, show_default=True, help="makes another week")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65_535), help="on this machine only"
)
@click.option("--language", default="zh-CN", show_default=True, type=click.Choice(["zh-CN", "en"]))
@click.option("--json", "as_json", is_flag=True, help="print the summary as JSON")
def demo(**asked: Any) -> None:  # noqa: ANN401 - click hands over what the options above name
    """Run a demonstration day in Kunming through the HTTP API and show what came of it.

    Everything is invented and marked so; only the metro network is real. Lives in TANHUI_DATA_DIR; a second run on
    the same folder finds what the first one did.
    """
    wishes = Wishes(**asked)
    settings = _settings(wishes)
    ended_by = signal.signal(signal.SIGTERM, _interrupt)
    folder = Folder(settings.data_dir)
    folder.make()
    _check_folder(folder, wishes.scenario)
    folder.claim_database()
    service = Service(settings, folder, wishes.port)
    console = Console(stderr=wishes.as_json, highlight=False)
    try:
        holds = _live(wishes, folder, service, console)
    except Unexpected as problem:
        raise click.ClickException(str(problem)) from problem
    except KeyboardInterrupt:
        raise click.Abort from None
    finally:
        signal.signal(signal.SIGTERM, ended_by)
        service.stop()
        if folder.release_database():
            embedded.stop(settings.data_dir)
    if not holds:
        raise click.exceptions.Exit(1)


def _live(wishes: Wishes, folder: Folder, service: Service, console: Console) -> bool:
    orphans = folder.end_orphans()
    _check_port(wishes.port)
    world = make_world(wishes.scenario)
    door = Door(wishes.port, service.heal)
    with Board(console, wishes.language) as board:
        day = Day(world, folder, service, door, board, new_summary(world))
        summary = day.run()
    summary.found = {"orphans": orphans, **summary.found}
    if wishes.as_json:
        click.echo(json.dumps(summary.wire(), ensure_ascii=False, indent=1))
    else:
        show(console, summary, wishes.language)
    if not wishes.leave:
        show_addresses(console, day, wishes.language)
        _stay(service)
    return summary.holds


def _stay(service: Service) -> None:
    """Keep the service up until Ctrl-C."""
    try:
        while True:
            time.sleep(WATCH_S)
            service.watch()
    except KeyboardInterrupt:
        return


def _settings(wishes: Wishes) -> Settings:
    try:
        settings = read_settings()
        check_sizes(wishes.scenario, CITIZENS_MAX)
    except SettingsError as problem:
        raise click.ClickException(str(problem)) from problem
    except SizeUnfit as problem:
        raise click.UsageError(str(problem)) from problem
    if not settings.development:
        message = "the demonstration runs in development mode only (TANHUI_MODE=development)"
        raise click.ClickException(message)
    return settings


def _check_folder(folder: Folder, scenario: Scenario) -> None:
    progress = folder.progress()
    if progress is not None and progress.scenario != scenario:
        was = progress.scenario
        message = (
            f"{folder.path} holds the demonstration of --seed {was.seed} --citizens {was.citizens} --rides"
            f" {was.records}; run that one again, or choose another TANHUI_DATA_DIR"
        )
        raise click.ClickException(message)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            message = f"port {port} is taken by another program; choose another with --port"
            raise Unexpected(message)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
