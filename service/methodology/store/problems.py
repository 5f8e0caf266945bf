"""What is wrong with a method file: where it stands, a stable code, and a sentence for its author."""

from collections.abc import Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One place in one file."""

    file: str
    line: int
    field: str
    code: str
    message: str

    def __str__(self) -> str:
        """Return the problem as compilers write it."""
        where = f" {self.field}" if self.field else ""
        return f"{self.file}:{self.line}:{where} {self.code}: {self.message}"


class CatalogueRefused(Exception):  # noqa: N818 - the service refuses to start with such a catalogue
    """The catalogue cannot be used; every problem is listed."""

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


def pointed(path: Path) -> str:
    """Return a path as people write it: ``steps[0].formula``."""
    written = ""
    for part in path:
        written += f"[{part}]" if isinstance(part, int) else f".{part}" if written else part
    return written
