from datetime import date
from pathlib import Path

import pytest

from service.methodology import CATALOGUE, Catalogue, CatalogueRefused, Method, MethodNotFound
from service.methodology.store.catalogue import read_folder
from tests.methodology.samples import publish, small

FIRST = small()
SECOND = small(("2026-01-01", "2027-01-01"), ("value: 0.1", "value: 0.10"))


def codes(folder: Path) -> list[str]:
    with pytest.raises(CatalogueRefused) as refused:
        Catalogue.load(folder)
    return [problem.code for problem in refused.value.problems]


def chosen(catalogue: Catalogue, day: date) -> int | None:
    method = catalogue.method_for("walk_trip", day)
    return None if method is None else method.version


def test_the_catalogue_of_the_service_has_four_trips_and_no_problem() -> None:
    found = read_folder(CATALOGUE)

    assert (found.problems, found.draft_problems, found.drafts) == ((), (), ())
    assert [(method.method_id, method.version) for method in found.published] == [
        ("bus_trip", 1),
        ("metro_trip", 1),
        ("shared_bike_trip", 1),
        ("shared_ebike_trip", 1),
    ]
    assert all(len(method.golden) >= 2 for method in found.published)


def test_every_figure_names_its_source_in_both_languages() -> None:
    for method in Catalogue.load().methods:
        bases = [figure.basis for figure in method.parameters]
        bases += [tier.basis for tier in method.evidence]
        bases += [limit.basis for limit in method.limits]
        for text in (basis.source for basis in bases):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)
            assert text.en.isascii()


def test_the_method_in_force_on_the_day_of_the_activity_applies(tmp_path: Path) -> None:
    catalogue = Catalogue.load(publish(tmp_path, FIRST, SECOND))

    assert chosen(catalogue, date(2025, 12, 31)) is None
    assert chosen(catalogue, date(2026, 1, 1)) == 1
    assert chosen(catalogue, date(2026, 12, 31)) == 1
    assert chosen(catalogue, date(2027, 1, 1)) == 2
    assert chosen(catalogue, date(2099, 1, 1)) == 2
    assert catalogue.method_for("teleport", date(2026, 6, 1)) is None


def test_a_version_with_a_last_day_ends_on_it(tmp_path: Path) -> None:
    ending = small(("2026-01-01", "2026-01-01\neffective_until: 2026-12-31"))
    catalogue = Catalogue.load(publish(tmp_path, ending))

    assert chosen(catalogue, date(2026, 12, 31)) == 1
    assert chosen(catalogue, date(2027, 1, 1)) is None


@pytest.mark.parametrize(
    ("until", "expected"),
    [("2027-01-01", ["EFFECTIVE_OVERLAP"]), ("2026-12-30", ["EFFECTIVE_GAP"])],
)
def test_effective_dates_neither_overlap_nor_leave_a_gap(until: str, expected: list[str], tmp_path: Path) -> None:
    ending = small(("2026-01-01", f"2026-01-01\neffective_until: {until}"))

    assert codes(publish(tmp_path, ending, SECOND)) == expected


def test_two_versions_of_one_day_are_refused(tmp_path: Path) -> None:
    assert codes(publish(tmp_path, FIRST, FIRST)) == ["EFFECTIVE_OVERLAP"]


def test_a_published_file_that_changed_by_one_letter_is_refused(tmp_path: Path) -> None:
    folder = publish(tmp_path, FIRST)
    file = folder.joinpath("walk.v1.yaml")
    file.write_text(file.read_text() + "# harmless\n")

    assert codes(folder) == ["PUBLISHED_FILE_CHANGED"]


def test_a_published_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    folder = publish(tmp_path, FIRST)
    folder.joinpath("walk.v1.yaml").unlink()

    assert codes(folder) == ["PUBLISHED_FILE_MISSING"]


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        ("nonsense\n", ["LOCK_SYNTAX"]),
        (f"{'0' * 64}  ../../etc/passwd.yaml\n", ["LOCK_SYNTAX"]),
        (f"{'0' * 64}  walk.v1.yaml\n" * 2, ["LOCK_SYNTAX", "PUBLISHED_FILE_CHANGED"]),
    ],
)
def test_a_list_of_digests_that_cannot_be_read_is_refused(lock: str, expected: list[str], tmp_path: Path) -> None:
    folder = publish(tmp_path, FIRST)
    folder.joinpath("digests.lock").write_text(lock)

    assert codes(folder) == expected


def test_a_folder_without_its_list_of_digests_is_refused(tmp_path: Path) -> None:
    assert codes(tmp_path) == ["LOCK_MISSING"]


def test_a_draft_is_judged_but_never_in_force(tmp_path: Path) -> None:
    folder = publish(tmp_path, FIRST)
    folder.joinpath("walk.v2.yaml").write_text(SECOND.replace("version: 1\n", "version: 2\n"))
    folder.joinpath("walk.v3.yaml").write_text("format: 1\n")

    found = read_folder(folder)

    assert chosen(Catalogue.load(folder), date(2099, 1, 1)) == 1
    assert [method.version for method in found.drafts] == [2]
    assert {problem.code for problem in found.draft_problems} == {"MISSING_FIELD"}


def test_a_version_is_found_by_its_number_or_refused(tmp_path: Path) -> None:
    catalogue = Catalogue.load(publish(tmp_path, FIRST))
    found: Method = catalogue.get("walk", 1)

    assert (found.method_id, found.version) == ("walk", 1)
    with pytest.raises(MethodNotFound):
        catalogue.get("walk", 2)
