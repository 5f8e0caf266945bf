"""Commands of the books."""

import json
from collections.abc import Callable
from dataclasses import asdict

import click

from service.core.opening import Opening
from service.ledger.operations.prove_books import Proof, prove_books

FINDINGS_SHOWN = 20


def commands(opening: Callable[[], Opening]) -> list[click.Command]:
    """Return the commands of the books."""

    @click.command("check-ledger")
    @click.option("--json", "as_json", is_flag=True, help="print JSON")
    @click.option(
        "--limit",
        type=click.IntRange(1, 10_000),
        default=FINDINGS_SHOWN,
        show_default=True,
        help="broken rows to print per check",
    )
    def check_ledger(*, as_json: bool, limit: int) -> None:
        """Prove that transfers, wallets, lots and every other figure of the books agree.

        Ends with 1 when a check does not hold.
        """
        opened = opening()
        proofs = prove_books(opened.context(), opened.checks, limit)
        holds = all(proof.holds for proof in proofs)
        if as_json:
            click.echo(json.dumps({"holds": holds, "checks": [_json(proof) for proof in proofs]}))
        else:
            click.echo("\n".join(line for proof in proofs for line in _lines(proof)))
            click.echo("the books agree" if holds else "the books do not agree")
        if not holds:
            raise click.exceptions.Exit(1)

    return [check_ledger]


def _json(proof: Proof) -> dict[str, object]:
    return {
        "check": proof.check,
        "proves": proof.proves,
        "holds": proof.holds,
        "findings": [asdict(finding) for finding in proof.findings],
        "more": proof.more,
    }


def _lines(proof: Proof) -> list[str]:
    lines = [f"{'ok    ' if proof.holds else 'BROKEN'} {proof.check}: {proof.proves}"]
    lines += [
        f"       {found.subject}: expected {found.expected}, found {found.found}" for found in proof.findings
    ]
    if proof.more:
        lines.append("       ... and more")
    return lines
