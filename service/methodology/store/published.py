"""The list of published files with their digests, in the form that ``sha256sum --check`` reads."""

import re
from collections.abc import Mapping
from pathlib import Path

from service.methodology.store.problems import FileProblem
from service.methodology.store.reading import digest_of

LOCK = "digests.lock"
_LINE = re.compile(r"([0-9a-f]{64}) [ *]([a-z0-9_.]+\.yaml)", re.ASCII)


def read_lock(folder: Path) -> tuple[dict[str, str], list[FileProblem]]:
    """Return the digest of every published file; a file not listed is a draft."""
    path = folder.joinpath(LOCK)
    if not path.is_file():
        return {}, [FileProblem(str(path), 1, "", "LOCK_MISSING", "the list of published files is not there")]
    digests: dict[str, str] = {}
    problems: list[FileProblem] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        form = _LINE.fullmatch(line)
        if form is None or form[2] in digests:
            problems.append(
                FileProblem(str(path), number, "", "LOCK_SYNTAX", "a line is a digest and a file, once each")
            )
        else:
            digests[form[2]] = form[1]
    return digests, problems


def check_unchanged(folder: Path, digests: Mapping[str, str], contents: Mapping[str, bytes]) -> list[FileProblem]:
    """Return every published file that is gone or is not the one that was published."""
    problems: list[FileProblem] = []
    for file, digest in digests.items():
        path = str(folder.joinpath(file))
        if file not in contents:
            problems.append(
                FileProblem(path, 1, "", "PUBLISHED_FILE_MISSING", "a published file is never removed")
            )
        elif digest_of(contents[file]) != digest:
            message = "a published file is never changed; write a new version instead"
            problems.append(FileProblem(path, 1, "", "PUBLISHED_FILE_CHANGED", message))
    return problems
