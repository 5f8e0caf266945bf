import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.methodology import Catalogue, commands
from tests.methodology.samples import publish, small


def run(*words: str, folder: Path | None = None) -> Result:
    (group,) = commands(Catalogue.load if folder is None else lambda: Catalogue.load(folder))
    return CliRunner().invoke(group, list(words))


def test_lint_counts_what_it_found() -> None:
    done = run("lint")

    assert (done.exit_code, done.output) == (0, "4 published, 0 drafts, 0 problems\n")


def test_lint_names_file_line_and_field_of_every_problem(tmp_path: Path) -> None:
    folder = publish(tmp_path, small(("unit: kgCO2/km", "unit: kgCO2/kWh")))

    done = run("lint", str(folder))

    assert done.exit_code == 1
    assert f"{folder}/walk.v1.yaml:34: steps[0].formula UNIT_MISMATCH" in done.output
    assert "0 published, 0 drafts, 1 problems" in done.output


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "地铁出行"), ("en", "Metro trip")])
def test_list_names_class_filing_and_placeholders(language: str, title: str) -> None:
    done = run("list", "--language", language)

    assert len(done.output.splitlines()) == 4
    assert "metro_trip v1" in done.output
    assert "class=creditable filing=none placeholders=3" in done.output
    assert title in done.output


def test_list_and_show_as_json_are_what_the_routes_answer() -> None:
    listed = json.loads(run("list", "--json").output)
    shown = json.loads(run("show", "bus_trip", "1", "--json").output)

    assert [row["method_id"] for row in listed] == [
        "bus_trip",
        "metro_trip",
        "shared_bike_trip",
        "shared_ebike_trip",
    ]
    assert listed[0].items() <= shown.items()
    assert shown["golden"][0]["reduction_mg"] == 256_000


def test_show_speaks_the_worked_examples_step_by_step() -> None:
    done = run("show", "metro_trip", "--language", "en")

    assert "grid_factor = 0.1333 kgCO2/kWh  [found]" in done.output
    assert "Project emission: 10000 m * 0.0786 kWh/km * 0.1333 kgCO2/kWh = 104774 mgCO2 (up)" in done.output


def test_show_refuses_what_is_not_there() -> None:
    done = run("show", "teleport", "--language", "en")

    assert (done.exit_code, done.output) == (1, "Error: No published method is teleport version 1.\n")


def test_a_changed_catalogue_is_refused_in_plain_words(tmp_path: Path) -> None:
    folder = publish(tmp_path, small())
    folder.joinpath("walk.v1.yaml").write_text("changed")

    done = run("list", folder=folder)

    assert done.exit_code == 1
    assert "PUBLISHED_FILE_CHANGED: a published file is never changed" in done.output
