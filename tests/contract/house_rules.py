"""The rules of the house that no linter knows, as functions from a tree to what breaks them."""

import ast
from collections.abc import Iterator
from pathlib import Path

LINES_MAX = 300
BAD_NAMES = frozenset({"utils", "helpers", "common", "base", "misc", "manager"})
TRANSACTION_CALLS = frozenset({"transact", "commit", "rollback", "begin", "begin_nested"})
TRANSACTION_HOMES = ("operations", "core/database.py", "migrations", "core/embedded.py")
EXACT_RINGS = ("domain", "store", "operations", "tables", "units")
"""Rings in which no quantity may become a float."""


def modules(root: Path) -> Iterator[tuple[str, ast.Module, str]]:
    """Yield (path below root, tree, text) of every module of the product."""
    for folder in ("service", "schemas"):
        for path in sorted((root / folder).rglob("*.py")):
            text = path.read_text()
            yield path.relative_to(root).as_posix(), ast.parse(text), text


def every_violation(root: Path) -> list[str]:
    """Return every broken rule, one line each."""
    return [
        *too_long(root),
        *badly_named(root),
        *transactions_outside_operations(root),
        *floats_near_quantities(root),
        *session_execute_in_a_pipeline(root),
        *operations_with_another_name(root),
    ]


def too_long(root: Path) -> Iterator[str]:
    for name, _, text in modules(root):
        lines = text.count("\n")
        if lines > LINES_MAX:
            yield f"{name}: {lines} lines, at most {LINES_MAX}"


def badly_named(root: Path) -> Iterator[str]:
    for name, _, _ in modules(root):
        if BAD_NAMES & set(Path(name).with_suffix("").parts):
            yield f"{name}: a name that says nothing"


def transactions_outside_operations(root: Path) -> Iterator[str]:
    for name, tree, _ in modules(root):
        if any(home in name for home in TRANSACTION_HOMES):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in TRANSACTION_CALLS:
                yield f"{name}:{node.lineno}: {_called(node)} outside an operation"


def floats_near_quantities(root: Path) -> Iterator[str]:
    for name, tree, _ in modules(root):
        parts = Path(name).with_suffix("").parts
        if not set(EXACT_RINGS) & set(parts):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _joins_paths(node):
                yield f"{name}:{node.lineno}: / near a quantity"
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                yield f"{name}:{node.lineno}: a float literal"
            if isinstance(node, ast.Call) and _called(node) == "float":
                yield f"{name}:{node.lineno}: float()"


def session_execute_in_a_pipeline(root: Path) -> Iterator[str]:
    for name, tree, _ in modules(root):
        for block in ast.walk(tree):
            if not isinstance(block, ast.With):
                continue
            opened = [item.context_expr for item in block.items]
            if not any(isinstance(call, ast.Call) and _called(call) == "pipeline" for call in opened):
                continue
            for node in ast.walk(block):
                if isinstance(node, ast.Call) and _called(node) in {"execute", "exec", "fetch_all", "fetch_one"}:
                    yield f"{name}:{node.lineno}: {_called(node)} inside a pipeline"


def operations_with_another_name(root: Path) -> Iterator[str]:
    for name, tree, _ in modules(root):
        path = Path(name)
        if path.parent.name != "operations" or path.stem == "__init__":
            continue
        public = [
            node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        ]
        if public != [path.stem]:
            yield f"{name}: its public functions are {public}, expected [{path.stem!r}]"


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _joins_paths(node: ast.BinOp) -> bool:
    """Tell whether ``/`` joins paths: its right side is text or a path, as in ``folder / "name"``."""
    right = node.right
    return isinstance(right, ast.JoinedStr) or (isinstance(right, ast.Constant) and isinstance(right.value, str))
