"""The commands that run and operate the service. Each opens what it needs, calls one thing, prints."""

import functools
import json
import os
import sys
import threading

import click

from service import activities, boot, identity, ledger, methodology
from service.app import Parts, create_app, every_check, every_sweep
from service.core import embedded
from service.core.database import schema_revision
from service.core.opening import Opening
from service.demo.commands import demo
from service.logs import configure_logs
from service.settings import Settings, SettingsError, read_settings
from service.wire import openapi_document
from service.worker import run_worker, stop_on_signals


@functools.cache
def settings() -> Settings:
    """Return the settings of this process, read once."""
    try:
        return read_settings()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error


def opening() -> Opening:
    """Return how commands open the service."""
    return Opening(context=functools.cache(lambda: boot.open_context(settings())), checks=every_check())


@click.command()
def migrate() -> None:
    """Bring the database up to the newest schema."""
    click.echo(f"schema {boot.migrate_database(settings())}")


@click.command()
def serve() -> None:
    """Serve the HTTP API with gunicorn (development mode migrates first)."""
    if settings().development:
        boot.migrate_database(settings())
    command = [sys.executable, "-m", "gunicorn", "-c", "python:service.serving", "service.wsgi:build()"]
    # gunicorn takes this process over, so that a signal to us is a signal to it.
    os.execv(sys.executable, command)  # noqa: S606 - our own program


@click.command()
def worker() -> None:
    """Run the sweeps: process batches and whatever else a state in the tables asks for."""
    configure_logs(settings().log_format)
    stopping = threading.Event()
    stop_on_signals(stopping)
    run_worker(opening().context(), every_sweep(boot.load_catalogue()), stopping)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="print JSON")
def doctor(*, as_json: bool) -> None:
    """Tell whether everything the service stands on answers."""
    context = opening().context()
    catalogue = boot.load_catalogue()
    report = {
        "mode": settings().mode,
        "database": "embedded" if settings().database_url is None else "external",
        "schema": schema_revision(context),
        "methods": len(catalogue.methods),
        "now": context.now().isoformat(),
    }
    click.echo(json.dumps(report) if as_json else "\n".join(f"{k:10} {v}" for k, v in report.items()))


@click.command("stop-database")
def stop_database() -> None:
    """Stop the embedded PostgreSQL of TANHUI_DATA_DIR."""
    embedded.stop(settings().data_dir)


@click.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    parts = Parts(catalogue=boot.load_catalogue(), sms_gateway=boot.sms_gateway(settings()))
    app = create_app(opening().context(), parts)
    click.echo(json.dumps(openapi_document(app), ensure_ascii=False, indent=1, sort_keys=True))


COMMANDS: dict[str, click.Command] = {
    str(command.name): command
    for command in (
        migrate,
        serve,
        worker,
        doctor,
        stop_database,
        openapi,
        demo,
        *identity.commands(opening),
        *methodology.commands(boot.load_catalogue),
        *ledger.commands(opening),
        *activities.commands(opening),
    )
}
