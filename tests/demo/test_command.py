"""What `tanhui demo` refuses before it starts anything."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.demo.calendar import AFTER_MIDNIGHT, EVENING
from service.demo.commands import demo
from service.demo.day import STEP, STEP_AFTER_CLOSE, clock_for
from service.demo.folder import Folder, Progress
from service.demo.summary import Summary, tonnes, yuan
from service.demo.world import Scenario

ANY = Scenario(1, 50, 500)


def call(data_dir: Path, *options: str, mode: str = "development") -> Result:
    environment = {"TANHUI_DATA_DIR": str(data_dir), "TANHUI_MODE": mode}
    return CliRunner(env=environment).invoke(demo, ["--exit", *options])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--citizens", "19"), "citizens: 20 to 10000"),
        (("--citizens", "50", "--rides", "1501"), "rides: 200 to 1500 for 50 citizens"),
        (("--language", "fr"), "'fr' is not one of 'zh-CN', 'en'"),
        (("--port", "0"), "0 is not in the range 1<=x<=65535"),
    ],
)
def test_options_that_make_no_sense_are_usage_errors(tmp_path: Path, options: tuple[str, ...], says: str) -> None:
    result = call(tmp_path, *options)
    assert (result.exit_code, says in result.output) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_the_demonstration_never_runs_in_production(tmp_path: Path) -> None:
    environment = {
        "TANHUI_MODE": "production",
        "TANHUI_DATA_DIR": str(tmp_path),
        "TANHUI_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "TANHUI_SECRET_KEY": "k" * 32,
        "TANHUI_SMS_URL": "https://sms.example",
        "TANHUI_SMS_KEY": "k" * 32,
    }
    result = CliRunner(env=environment).invoke(demo, ["--exit"])
    assert (result.exit_code, "development mode only" in result.output) == (1, True)
    assert list(tmp_path.iterdir()) == []


def test_a_taken_port_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = call(tmp_path, "--port", str(port))
    assert (result.exit_code, f"port {port} is taken by another program" in result.output) == (1, True)
    assert not (tmp_path / "postgresql").exists()


def test_a_folder_that_holds_another_week_is_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.make()
    folder.keep_progress(Progress(ANY, EVENING, closed=False))
    result = call(tmp_path, "--citizens", "50", "--rides", "500", "--seed", "2")
    assert result.exit_code == 1
    assert "holds the demonstration of --seed 1 --citizens 50 --rides 500" in result.output
    assert folder.progress() == Progress(ANY, EVENING, closed=False)


def test_the_clock_of_the_demonstration_never_goes_back() -> None:
    first = clock_for(None)
    resumed = clock_for(Progress(ANY, first, closed=False))
    closed = clock_for(Progress(ANY, AFTER_MIDNIGHT, closed=True))
    assert (first, resumed, closed) == (EVENING, EVENING + STEP, AFTER_MIDNIGHT + STEP_AFTER_CLOSE)
    while resumed < (then := clock_for(Progress(ANY, resumed, closed=False))):
        resumed = then
    assert EVENING < resumed < AFTER_MIDNIGHT


def test_keys_and_password_are_for_their_owner_only_and_stay_the_same(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.make()
    password, key = folder.password(), folder.key("demo-metro")
    again = Folder(tmp_path)
    assert again.password() == password
    assert again.key("demo-metro").private_bytes_raw() == key.private_bytes_raw()  # type: ignore[union-attr]
    modes = {oct(file.stat().st_mode & 0o777) for file in folder.path.rglob("*") if file.is_file()}
    assert (modes, oct(folder.path.stat().st_mode & 0o777)) == ({"0o600"}, "0o700")


def test_progress_is_read_as_it_was_written(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.make()
    assert folder.progress() is None
    written = Progress(ANY, AFTER_MIDNIGHT, closed=True)
    folder.keep_progress(written)
    assert folder.progress() == written


def test_quantities_are_written_without_rounding_up() -> None:
    assert [tonnes(mg) for mg in (0, 999_999, 1_000_000, 13_280_388_999_999)] == [
        "0.000",
        "0.000",
        "0.001",
        "13280.388",
    ]
    assert [yuan(fen) for fen in (0, 5, 260_840)] == ["0.00", "0.05", "2,608.40"]


def test_a_summary_holds_only_when_the_books_and_every_figure_agree() -> None:
    summary = Summary(day="2026-11-20")
    assert (summary.ledger_holds, summary.holds) == (False, False)
