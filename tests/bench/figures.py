"""What a benchmark answers."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One ratio of ours to its floor, both measured in the same run; higher is better."""

    name: str
    value: float
    target: float
    note: str
