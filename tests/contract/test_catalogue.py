import re
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_every_invariant_names_tests_that_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", (TESTS / "README.md").read_text()))
    written = {
        name for path in TESTS.rglob("test_*.py") for name in re.findall(r"def (test_\w+)\(", path.read_text())
    }

    # A state machine's test is an assignment: the machine's TestCase under a sentence of its own.
    written |= {
        name
        for path in TESTS.rglob("test_*.py")
        for name in re.findall(r"^(test_\w+) = ", path.read_text(), re.MULTILINE)
    }

    assert sorted(named - written) == []
    assert len(named) > 30
