import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from service.core.refusals import every_refusal
from tests.contract.house_rules import every_violation

ROOT = Path(__file__).parents[2]

PLANTED = {
    "too long": ("service/ledger/long.py", "x = 1\n" * 301, "301 lines"),
    "a name that says nothing": ("service/ledger/utils.py", "", "says nothing"),
    "a commit in a store": ("service/ledger/store_x.py", "def f(s):\n    s.commit()\n", "commit outside"),
    "a transaction in a route": ("service/ledger/routes_x.py", "transact(1, 2)\n", "transact outside"),
    "a division in a rule": ("service/ledger/domain/split.py", "def f(a, b):\n    return a / b\n", "/ near"),
    "a float in a rule": ("service/ledger/domain/rate.py", "RATE = 0.5\n", "a float literal"),
    "session.execute in a pipeline": (
        "service/ledger/hot.py",
        "with pipeline(s) as p:\n    s.execute(1)\n",
        "inside a pipeline",
    ),
    "an operation of two verbs": (
        "service/ledger/operations/do_this.py",
        "def do_this(): ...\ndef do_that(): ...\n",
        "expected ['do_this']",
    ),
}


def test_the_house_keeps_its_rules() -> None:
    assert every_violation(ROOT) == []


@pytest.mark.parametrize("rule", PLANTED)
def test_a_planted_violation_is_found(rule: str, tmp_path: Path) -> None:
    name, text, complaint = PLANTED[rule]
    planted = tmp_path / name
    planted.parent.mkdir(parents=True)
    planted.write_text(text)

    found = every_violation(tmp_path)

    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("name", "line", "contract"),
    [
        ("service/core/units.py", "from service import ledger", "Contexts are layers"),
        ("schemas/ledger.py", "import service.core.units", "Wire schemas stand alone"),
        ("service/core/refusals.py", "import flask", "neither the web nor the database"),
    ],
)
def test_a_planted_import_breaks_its_contract(name: str, line: str, contract: str, tmp_path: Path) -> None:
    for folder in ("service", "schemas"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / name).open("a") as planted:
        planted.write(f"\n{line}\n")

    code = "from importlinter.cli import lint_imports_command as run; run()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    broken = [row for row in done.stdout.splitlines() if row.endswith("BROKEN")]
    assert done.returncode == 1
    assert any(contract in row for row in broken)


def test_every_refusal_has_its_own_code_and_speaks_both_languages() -> None:
    import service.app  # noqa: F401, PLC0415 - brings in every context's refusals

    kinds = [kind for kind in every_refusal() if kind.__module__.startswith("service")]
    codes = [kind.code for kind in kinds]

    assert sorted(codes) == sorted(set(codes))
    for kind in kinds:
        assert kind.__doc__, kind
        assert kind.code == kind.code.upper()
        assert 400 <= kind.status <= 503
        for text in (kind.title, kind.detail):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh), kind
            assert not any("\u4e00" <= letter <= "\u9fff" for letter in text.en), kind
