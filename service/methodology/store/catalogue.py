"""The catalogue: every published method, and which one is in force for an activity on a day."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Self

from service.methodology.domain.method import Method
from service.methodology.domain.refusals import MethodNotFound
from service.methodology.store.problems import CatalogueRefused, FileProblem
from service.methodology.store.published import check_unchanged, read_lock
from service.methodology.store.reading import read_method

CATALOGUE = Path(__file__).parents[1].joinpath("catalogue")


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder of method files holds."""

    published: tuple[Method, ...]
    drafts: tuple[Method, ...]
    problems: tuple[FileProblem, ...]
    draft_problems: tuple[FileProblem, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The published methods. A version holds from its first day until the next version's first day."""

    methods: tuple[Method, ...]
    _in_force: dict[str, tuple[Method, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ordered = sorted(self.methods, key=lambda method: method.effective_from)
        types = {method.activity_type for method in ordered}
        found = {name: tuple(each for each in ordered if each.activity_type == name) for name in sorted(types)}
        object.__setattr__(self, "_in_force", found)

    @classmethod
    def load(cls, folder: Path = CATALOGUE) -> Self:
        """Return the published methods of a folder; drafts are not looked at for anything but their file.

        Raises:
            CatalogueRefused: A published file changed, is gone or does not hold together.
        """
        found = read_folder(folder)
        if found.problems:
            raise CatalogueRefused(found.problems)
        return cls(found.published)

    @property
    def activity_types(self) -> tuple[str, ...]:
        """The activity types that have a method, sorted."""
        return tuple(self._in_force)

    def method_for(self, activity_type: str, day: date) -> Method | None:
        """Return the method in force on the day of an activity, however late it is reported."""
        versions = self._in_force.get(activity_type, ())
        at = bisect_right(versions, day, key=lambda method: method.effective_from)
        return versions[at - 1] if at and versions[at - 1].in_force_on(day) else None

    def get(self, method_id: str, version: int) -> Method:
        """Return one published version.

        Raises:
            MethodNotFound: There is none.
        """
        for method in self.methods:
            if (method.method_id, method.version) == (method_id, version):
                return method
        raise MethodNotFound(method_id=method_id, version=version)


def read_folder(folder: Path) -> Folder:
    """Read every method file of a folder and judge the whole."""
    contents = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
    digests, problems = read_lock(folder)
    problems += check_unchanged(folder, digests, contents)
    published: list[Method] = []
    drafts: list[Method] = []
    draft_problems: list[FileProblem] = []
    for name, content in contents.items():
        method, found = read_method(str(folder.joinpath(name)), content)
        (problems if name in digests else draft_problems).extend(found)
        if method is not None:
            (published if name in digests else drafts).append(method)
    problems += effective_problems(folder, published)
    return Folder(tuple(published), tuple(drafts), tuple(problems), tuple(draft_problems))


def effective_problems(folder: Path, methods: Sequence[Method]) -> list[FileProblem]:
    """Return where the effective dates of an activity type's versions overlap or leave a gap."""
    problems: list[FileProblem] = []
    ordered = sorted(methods, key=lambda method: (method.activity_type, method.effective_from, method.version))
    for earlier, later in pairwise(ordered):
        if earlier.activity_type != later.activity_type:
            continue
        code = _clash(earlier, later)
        if code is not None:
            file = str(folder.joinpath(f"{later.method_id}.v{later.version}.yaml"))
            message = f"against {earlier.method_id} version {earlier.version}"
            problems.append(FileProblem(file, 1, "effective_from", code, message))
    return problems


def _clash(earlier: Method, later: Method) -> str | None:
    """Return the code of what is wrong between two versions that follow each other."""
    if earlier.effective_from == later.effective_from:
        return "EFFECTIVE_OVERLAP"
    if earlier.effective_until is None:
        return None  # An open end is closed by the next version, so that a published file need not change.
    if earlier.effective_until >= later.effective_from:
        return "EFFECTIVE_OVERLAP"
    return "EFFECTIVE_GAP" if earlier.effective_until + timedelta(days=1) < later.effective_from else None
