"""`tanhui methodology`: judge, list and show methods from the command line."""

import json
from collections.abc import Callable
from pathlib import Path

import click

from service.core.refusals import Refusal
from service.core.texts import DEFAULT_LANGUAGE, Language
from service.methodology.domain.method import Method
from service.methodology.domain.plan import Step
from service.methodology.store.catalogue import CATALOGUE, Catalogue, read_folder
from service.methodology.store.problems import CatalogueRefused
from service.methodology.wire import method_wire, whole_method_wire

language_option = click.option(
    "--language", type=click.Choice(["zh-CN", "en"]), default=DEFAULT_LANGUAGE, show_default=True
)
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON")


def commands(load: Callable[[], Catalogue]) -> list[click.Command]:
    """Return the commands; ``load`` opens the catalogue only when a command needs it."""

    def opened() -> Catalogue:
        try:
            return load()
        except CatalogueRefused as refused:
            raise click.ClickException(str(refused)) from refused

    @click.group()
    def methodology() -> None:
        """Judge, list and show the methods of quantification."""

    @methodology.command("list")
    @language_option
    @json_option
    def list_command(language: Language, *, as_json: bool) -> None:
        """List the published methods with class, filing and count of placeholders."""
        methods = opened().methods
        if as_json:
            click.echo(_json([method_wire(method, language) for method in methods]))
            return
        for method in methods:
            click.echo(_line(method, language))

    @methodology.command("show")
    @click.argument("method_id")
    @click.argument("version", type=int, required=False)
    @language_option
    @json_option
    def show_command(method_id: str, version: int | None, language: Language, *, as_json: bool) -> None:
        """Show a version (the newest unless VERSION is given) with figures, sources and worked examples."""
        method = _chosen(opened(), method_id, version, language)
        click.echo(_json(whole_method_wire(method, language)) if as_json else _page(method, language))

    methodology.add_command(lint)
    return [methodology]


@click.command("lint")
@click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=CATALOGUE, required=False
)
def lint(folder: Path) -> None:
    """Check every method file of FOLDER (the service's own by default), drafts included."""
    found = read_folder(folder)
    problems = (*found.problems, *found.draft_problems)
    for problem in problems:
        click.echo(str(problem), err=True)
    counted = f"{len(found.published)} published, {len(found.drafts)} drafts, {len(problems)} problems"
    if problems:
        raise click.ClickException(counted)
    click.echo(counted)


def _chosen(catalogue: Catalogue, method_id: str, version: int | None, language: Language) -> Method:
    versions = [method.version for method in catalogue.methods if method.method_id == method_id]
    wanted = version if version is not None else max(versions, default=1)
    try:
        return catalogue.get(method_id, wanted)
    except Refusal as refusal:
        raise click.ClickException(refusal.detail.say(language, **refusal.params)) from refusal


def _line(method: Method, language: Language) -> str:
    name = f"{method.method_id} v{method.version}"
    said = f"class={method.klass} filing={method.filing.state} placeholders={len(method.placeholders)}"
    return f"{name:24} {said}  from {method.effective_from}  {method.title.say(language)}"


def _page(method: Method, language: Language) -> str:
    lines = [
        _line(method, language),
        method.summary.say(language),
        f"digest {method.digest}",
        "",
        *(
            f"{figure.name} = {figure.written} {figure.unit.symbol}  [{figure.basis.status}]  "
            f"{figure.basis.source.say(language)}"
            for figure in method.parameters
        ),
        "",
    ]
    for vector in method.golden:
        given = ", ".join(f"{name}={value}" for name, value in vector.inputs.items())
        lines.append(f"{given}, evidence={vector.evidence}")
        lines.extend(_spoken(step, language) for step in method.explain(vector.inputs, vector.evidence))
    return "\n".join(lines)


def _spoken(step: Step, language: Language) -> str:
    return f"  {step.title.say(language)}: {step.substituted} = {step.result} {step.unit} ({step.rounding})"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
