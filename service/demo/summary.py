"""What the day came to: figures that can be compared, and a page for people in Chinese or English."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.console import Console, Group, RenderableType
from rich.table import Table

from service.core.texts import Language, Text
from service.core.units import FEN_PER_YUAN, MG_PER_GRAM, MG_PER_TONNE
from service.demo.defects import DEFECTS
from service.demo.deliveries import Outcome

REFUSALS = {
    "SOLD_OUT": Text("已兑完", "sold out"),
    "INSUFFICIENT_POINTS": Text("积分不足", "not enough points"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One sentence that `tanhui check-ledger` proved or not."""

    name: str
    proves: str
    holds: bool


@dataclass(slots=True)
class Summary:
    """The figures of the day; the same on a second run, except for what was found."""

    day: str
    citizens: int = 0
    entrusted: int = 0
    bindings: int = 0
    files: int = 0
    records: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    expected: Counter[Outcome] = field(default_factory=Counter)
    reduction_mg: int = 0
    points: int = 0
    orders: int = 0
    order_points: int = 0
    orders_refused: Counter[str] = field(default_factory=Counter)
    verifications: int = 0
    settle_fen: int = 0
    statements: int = 0
    statement_rows: int = 0
    statement_fen: int = 0
    statement_files_match: bool = False
    repeats_sent: int = 0
    repeats_recognised: int = 0
    checks: Sequence[Check] = ()
    found: Mapping[str, int] = field(default_factory=dict)
    """What an earlier run on the same folder had done already; not part of what is compared."""

    @property
    def ledger_holds(self) -> bool:
        """Whether every book check holds."""
        return bool(self.checks) and all(check.holds for check in self.checks)

    @property
    def holds(self) -> bool:
        """Whether the books agree and the day came out as the seed says."""
        return (
            self.ledger_holds
            and self.outcomes == self.expected
            and self.statement_files_match
            and (self.statement_rows, self.statement_fen) == (self.verifications, self.settle_fen)
            and self.repeats_recognised == self.repeats_sent
        )

    def figures(self) -> dict[str, object]:
        """Return what two runs must agree on, as JSON."""
        return {
            "day": self.day,
            "citizens": self.citizens,
            "entrusted": self.entrusted,
            "bindings": self.bindings,
            "files": self.files,
            "records": self.records,
            "accepted": self.outcomes["accepted", ""],
            "duplicates": sum(n for (outcome, _), n in self.outcomes.items() if outcome == "duplicate"),
            "rejected": {code: n for (kind, code), n in sorted(self.outcomes.items()) if kind == "rejected"},
            "as_expected": self.outcomes == self.expected,
            "reduction_mg": self.reduction_mg,
            "points": self.points,
            "orders": self.orders,
            "order_points": self.order_points,
            "orders_refused": dict(sorted(self.orders_refused.items())),
            "verifications": self.verifications,
            "settle_fen": self.settle_fen,
            "statements": self.statements,
            "statement_rows": self.statement_rows,
            "statement_fen": self.statement_fen,
            "statement_files_match": self.statement_files_match,
            "ledger": {check.name: check.holds for check in self.checks},
        }

    def wire(self) -> dict[str, object]:
        """Return everything, as `--json` prints it."""
        repeats = {"sent": self.repeats_sent, "recognised": self.repeats_recognised}
        return {"figures": self.figures(), "found": dict(self.found), "repeats": repeats, "holds": self.holds}


def tonnes(mg: int) -> str:
    """Return mg as tonnes and whole kilograms behind the point."""
    whole, rest = divmod(mg, MG_PER_TONNE)
    return f"{whole}.{rest // (MG_PER_GRAM * 1_000):03d}"


def yuan(fen: int) -> str:
    """Return fen as yuan."""
    return f"{fen // FEN_PER_YUAN:,}.{fen % FEN_PER_YUAN:02d}"


def show(console: Console, summary: Summary, language: Language) -> None:
    """Print the page."""
    say = _Sayer(language)
    parts: list[RenderableType] = [
        _day_table(summary, say),
        _refusal_table(summary, say),
        _ledger_table(summary, say),
    ]
    if any(summary.found.values()):
        parts.append(_found_table(summary, say))
    console.print(Group(*parts))


@dataclass(frozen=True, slots=True)
class _Sayer:
    language: Language

    def __call__(self, zh: str, en: str) -> str:
        return Text(zh, en).say(self.language)

    def verdict(self, *, holds: bool) -> str:
        return self("[green]一致[/]", "[green]agrees[/]") if holds else self("[red]不一致[/]", "[red]differs[/]")


def _two_columns(title: str) -> Table:
    table = Table(title=title, show_header=False, title_justify="left", min_width=60)
    table.add_column()
    table.add_column(justify="right")
    return table


def _day_table(summary: Summary, say: _Sayer) -> Table:
    title = say(
        f"碳惠春城 · 演示日 {summary.day}（虚构数据）", f"Tanhui Chuncheng · demonstration day {summary.day}"
    )
    table = _two_columns(title)
    grams = summary.reduction_mg // MG_PER_GRAM
    refused = sum(summary.orders_refused.values())
    for name, value in (
        (say("居民", "citizens"), f"{summary.citizens:,}"),
        (say("其中签署委托", "of them gave their entrustment"), f"{summary.entrusted:,}"),
        (say("合作方账号绑定", "partner accounts bound"), f"{summary.bindings:,}"),
        (say("合作方文件 / 记录", "partner files / records"), f"{summary.files} / {summary.records:,}"),
        (say("计入的低碳行为", "activities credited"), f"{summary.outcomes['accepted', '']:,}"),
        (say("减排量（吨）", "reduction (tonnes)"), f"{tonnes(summary.reduction_mg)} t"),
        (say("减排量（千克）", "reduction (kilograms)"), f"{grams // 1_000:,}.{grams % 1_000:03d} kg"),
        (say("发放碳积分", "points earned"), f"{summary.points:,}"),
        (say("订单 / 使用积分", "orders / points spent"), f"{summary.orders:,} / {summary.order_points:,}"),
        (say("被拒订单", "orders refused"), _refused_orders(summary, say) or f"{refused}"),
        (say("核销券", "vouchers verified"), f"{summary.verifications:,}"),
        (say("应付商户", "payable to merchants"), f"¥{yuan(summary.settle_fen)}"),
        (say("对账单 / 行数", "statements / rows"), f"{summary.statements} / {summary.statement_rows:,}"),
        (
            say("对账单合计", "statement total"),
            f"¥{yuan(summary.statement_fen)} {say.verdict(holds=summary.statement_fen == summary.settle_fen)}",
        ),
        (
            say("对账单文件摘要", "hashes of the statement files"),
            say.verdict(holds=summary.statement_files_match),
        ),
        (
            say("重复请求：发出 / 识别", "requests sent twice / recognised"),
            f"{summary.repeats_sent} / {summary.repeats_recognised}",
        ),
    ):
        table.add_row(name, value)
    return table


def _refused_orders(summary: Summary, say: _Sayer) -> str:
    return ", ".join(
        f"{REFUSALS[code].say(say.language) if code in REFUSALS else code} {count}"
        for code, count in sorted(summary.orders_refused.items())
    )


def _refusal_table(summary: Summary, say: _Sayer) -> Table:
    table = Table(title=say("未计入的记录", "Records not credited"), title_justify="left", min_width=60)
    table.add_column(say("原因", "reason"))
    table.add_column(say("代码", "code"))
    table.add_column(say("预期", "expected"), justify="right")
    table.add_column(say("实际", "found"), justify="right")
    titles = {(defect.outcome, defect.code): defect.title.say(say.language) for defect in DEFECTS}
    for outcome in sorted({*summary.expected, *summary.outcomes} - {("accepted", "")}):
        expected, found = summary.expected[outcome], summary.outcomes[outcome]
        mark = "" if expected == found else "[red]"
        table.add_row(titles.get(outcome, ""), outcome[1], f"{expected}", f"{mark}{found}")
    return table


def _ledger_table(summary: Summary, say: _Sayer) -> Table:
    table = _two_columns(say("账本证明（tanhui check-ledger）", "Ledger proof (tanhui check-ledger)"))
    for check in summary.checks:
        table.add_row(check.proves, say.verdict(holds=check.holds))
    return table


FOUND = {
    "orphans": Text("上次遗留并已结束的进程", "processes an earlier run left behind, now ended"),
    "created": Text("合作方、商户、门店、终端、优惠", "partners, merchants, stores, terminals, offers"),
    "citizens": Text("居民", "citizens"),
    "files": Text("合作方文件", "partner files"),
    "orders": Text("订单", "orders"),
    "verifications": Text("核销", "verifications"),
}


def _found_table(summary: Summary, say: _Sayer) -> Table:
    table = _two_columns(say("此前已在此目录中", "Found in this folder from an earlier run"))
    for name, count in summary.found.items():
        if count:
            table.add_row(FOUND[name].say(say.language), f"{count:,}")
    return table
