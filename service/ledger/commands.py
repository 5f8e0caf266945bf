"""Commands of the books."""

import json
from collections.abc import Callable
from dataclasses import asdict

import click

from service.core.opening import Opening
from service.core.texts import DEFAULT_LANGUAGE, Language, Text
from service.ledger.operations.prove_books import Proof, prove_books

FINDINGS_SHOWN = 20
BOOKS_AGREE = Text("账本一致", "the books agree")
BOOKS_DISAGREE = Text("账本不一致", "the books do not agree")
FINDING = Text("应为 {expected}，实为 {found}", "expected {expected}, found {found}")


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
    @click.option("--language", type=click.Choice(["zh-CN", "en"]), default=DEFAULT_LANGUAGE, show_default=True)
    def check_ledger(*, as_json: bool, limit: int, language: Language) -> None:
        """Prove that transfers, wallets, lots and every other figure of the books agree.

        Ends with 1 when a check does not hold.
        """
        opened = opening()
        proofs = prove_books(opened.context(), opened.checks, limit)
        holds = all(proof.holds for proof in proofs)
        if as_json:
            click.echo(
                json.dumps(
                    {"holds": holds, "checks": [_json(proof, language) for proof in proofs]}, ensure_ascii=False
                )
            )
        else:
            click.echo("\n".join(line for proof in proofs for line in _lines(proof, language)))
            click.echo((BOOKS_AGREE if holds else BOOKS_DISAGREE).say(language))
        if not holds:
            raise click.exceptions.Exit(1)

    return [check_ledger]


def _json(proof: Proof, language: Language) -> dict[str, object]:
    return {
        "check": proof.check,
        "proves": proof.proves.say(language),
        "holds": proof.holds,
        "findings": [asdict(finding) for finding in proof.findings],
        "more": proof.more,
    }


def _lines(proof: Proof, language: Language) -> list[str]:
    lines = [f"{'ok    ' if proof.holds else 'BROKEN'} {proof.check}: {proof.proves.say(language)}"]
    lines += [
        f"       {found.subject}: {FINDING.say(language, expected=found.expected, found=found.found)}"
        for found in proof.findings
    ]
    if proof.more:
        lines.append("       ... and more")
    return lines
