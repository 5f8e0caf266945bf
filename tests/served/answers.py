"""What two answers to one number have in common."""

from collections.abc import Mapping
from typing import Any


def first_form(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as it was the first time."""
    return {**answer, "replayed": False}
