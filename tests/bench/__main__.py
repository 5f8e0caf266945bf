"""`python -m tests.bench [NAME] [--quick]`: our paths against the floor, in one run on one PostgreSQL.

Each module ``bench_*.py`` yields figures; every figure is a ratio, higher is better, printed once in a table and
once as a line ``ratio NAME VALUE TARGET`` for machines. A benchmark never fails a build.
"""

import argparse
import importlib
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.figures import Figure


def main() -> int:
    """Run the named benchmarks, or all of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    names = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))
    parser.add_argument("name", nargs="*", help=f"one of {', '.join(names)}")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, the whole set in about a minute")
    asked = parser.parse_args()
    unknown = set(asked.name) - set(names)
    if unknown:
        parser.error(f"unknown benchmark {sorted(unknown)}; known: {names}")
    figures: list[Figure] = []
    for name in asked.name or names:
        module = importlib.import_module(f"tests.bench.bench_{name}")
        figures += module.run(asked.quick)
    table = Table("figure", "ratio", "target", "note")
    for figure in figures:
        table.add_row(figure.name, f"{figure.value:.2f}", f"{figure.target:.2f}", figure.note)
    Console().print(table)
    for figure in figures:
        sys.stdout.write(f"ratio {figure.name} {figure.value:.3f} {figure.target:.2f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
