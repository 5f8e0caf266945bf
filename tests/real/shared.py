"""Where the real records are: beside the repository, or where TANHUI_SHARED says; they are no part of it."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[2].parent / "shared"


def shared_file(name: str) -> Path:
    """Return a file of real records; without it the test is skipped aloud, unless it is required."""
    folder = Path(os.environ.get("TANHUI_SHARED", BESIDE))
    path = folder / "data" / name
    if not path.is_file():
        reason = f"REAL RECORDS NOT TESTED: {name} is not there; put it beside the repository or set TANHUI_SHARED"
        if "shared" in os.environ.get("TANHUI_TESTS_REQUIRE", "").split(","):
            pytest.fail(reason)
        pytest.skip(reason)
    return path
