"""One check for people and CI: `python -m tests.check` (format, lint, types, imports, tests)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
STEPS = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy"],
    "imports": ["importlinter.cli"],
    "tests": ["pytest"],
}


def main(names: list[str]) -> int:
    """Run the named steps (all of them by default) and tell which failed."""
    unknown = set(names) - set(STEPS)
    if unknown:
        sys.stderr.write(f"unknown steps: {sorted(unknown)}; known: {list(STEPS)}\n")
        return 2
    failed = [name for name in names or STEPS if not passes(name)]
    sys.stdout.write(f"check: {'failed: ' + ', '.join(failed) if failed else 'all green'}\n")
    return 1 if failed else 0


def passes(name: str) -> bool:
    """Run one step."""
    sys.stdout.write(f"--- {name}\n")
    sys.stdout.flush()
    module, *rest = STEPS[name]
    command = [sys.executable, "-m", module, *rest]
    if module == "importlinter.cli":
        command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
