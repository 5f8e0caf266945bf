"""YAML read strictly: plain data with the line of every field.

Stricter than YAML itself: no aliases, no tags, no duplicate keys, no ``yes`` for ``true``, and a decimal number
is a ``Decimal`` made of its own letters, never a binary fraction.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal

import yaml

from service.methodology.store.problems import FileProblem, Path, pointed

BYTES_MAX = 256 * 1024
DEPTH_MAX = 12
ANCHOR = "YAML_ANCHOR"
TOO_DEEP = "YAML_TOO_DEEP"
_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,18}", re.ASCII)
_FLAGS = {"true": True, "false": False}


class NotAllowed(Exception):  # noqa: N818 - a signal within this module
    """The file uses what could blow a small file up without end."""

    def __init__(self, line: int, code: str, message: str) -> None:
        super().__init__(line, code, message)
        self.line, self.code, self.message = line, code, message


@dataclass(slots=True)
class Document:
    """The data of a file, and on which line each field stands."""

    file: str
    data: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[FileProblem] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """Return the line of a field, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def report(self, path: Path, code: str, message: str) -> None:
        """Note what is wrong with a field."""
        self.problems.append(FileProblem(self.file, self.line_of(path), pointed(path), code, message))


def read_document(file: str, content: bytes) -> Document:
    """Return the data and the lines of a YAML file; what is wrong stands in ``problems``."""
    document = Document(file)
    if len(content) > BYTES_MAX:
        document.report((), "FILE_TOO_LARGE", f"a method file has at most {BYTES_MAX} bytes")
        return document
    try:
        text = content.decode("utf-8")
        node = _composed(text)
        document.data = None if node is None else _plain(document, node, ())
    except UnicodeDecodeError:
        document.report((), "BAD_ENCODING", "the file is not UTF-8")
    except NotAllowed as found:
        document.lines[()] = found.line
        document.report((), found.code, found.message)
    except yaml.MarkedYAMLError as error:
        document.lines[()] = 1 if error.problem_mark is None else error.problem_mark.line + 1
        document.report((), "YAML_SYNTAX", error.problem or "the file is not YAML")
    except yaml.YAMLError:
        document.report((), "YAML_SYNTAX", "the file is not YAML")
    if document.data is None and not document.problems:
        document.report((), "YAML_SYNTAX", "the file is empty")
    return document


def _composed(text: str) -> yaml.Node | None:
    """Return the tree of a document, after a first pass that bounds what building the tree can cost."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if getattr(event, "anchor", None) is not None:
            raise NotAllowed(line, ANCHOR, "anchors and aliases are not allowed")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX:
            raise NotAllowed(line, TOO_DEEP, f"a file nests at most {DEPTH_MAX} levels")
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    return node


def _plain(document: Document, node: yaml.Node, path: Path) -> object:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(document, node, path)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(document, item, (*path, at)) for at, item in enumerate(node.value)]
    return _scalar(document, node, path)


def _mapping(document: Document, node: yaml.MappingNode, path: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in node.value:
        name = key.value
        if not isinstance(name, str) or key.tag != f"{_TAG}str":
            document.report(path, "BAD_KEY", "a key is plain text")
            continue
        inner = (*path, name)
        if name in found:
            document.lines[inner] = key.start_mark.line + 1
            document.report(inner, "DUPLICATE_KEY", "the key stands here a second time")
            continue
        document.lines[inner] = key.start_mark.line + 1
        found[name] = _plain(document, value, inner)
    return found


def _scalar(document: Document, node: yaml.Node, path: Path) -> object:
    text = str(node.value)
    match node.tag.removeprefix(_TAG):
        case "str" | "timestamp":
            return text
        case "null":
            return None
        case "int" if _WHOLE.fullmatch(text):
            return int(text)
        case "float" if _DECIMAL.fullmatch(text):
            return Decimal(text)
        case "bool" if text in _FLAGS:
            return _FLAGS[text]
        case kind:
            document.report(path, "BAD_VALUE", f"{text} is no plain number, true, false or text ({kind})")
            return None
