"""A client that writes down everything the service acknowledged, and starts a kill after so many of a kind."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import orjson

from service.demo.client import PATIENCE_S, Answer, Door, Headers, nobody
from tests.served.answers import first_form

KINDS = {
    kind: re.compile(target)
    for kind, target in {
        "bind": r"/v1/me/bindings",
        "batch": r"/v1/partner/batches",
        "part": r"/v1/partner/batches/[^/]+/parts/\d+",
        "complete": r"/v1/partner/batches/[^/]+/complete",
        "order": r"/v1/offers/\d+/orders",
        "verify": r"/v1/terminal/verify",
    }.items()
}
NUMBERS = {"batch": "batch_no", "order": "order_no", "verify": "verify_no"}
"""Under which name a request of each kind carries its business number."""

KILLS_AT_ONCE_MAX = 4


@dataclass(frozen=True)
class Acknowledged:
    """A request that was answered with ``outcome: done``, and the answer."""

    target: str
    asked: Mapping[str, Any]
    answer: Mapping[str, Any]


class Journal(Door):
    """What the client knows to be done; two different answers to one number would be noticed here."""

    def __init__(self, port: int, heal: Callable[[], None]) -> None:
        super().__init__(port, heal)
        self.acknowledged: dict[str, dict[str, Acknowledged]] = {kind: {} for kind in NUMBERS}
        self.counts: Counter[str] = Counter()
        self.plan: Mapping[tuple[str, int], Callable[[], None]] = {}
        self.kills: list[Future[None]] = []
        self._writing = threading.Lock()
        self._killers = ThreadPoolExecutor(KILLS_AT_ONCE_MAX)

    def ask(
        self,
        method: str,
        target: str,
        body: Mapping[str, object] | bytes = b"",
        who: Headers = nobody,
        patience_s: int = PATIENCE_S,
    ) -> Answer:
        answer = super().ask(method, target, body, who, patience_s)
        kind = next((kind for kind, form in KINDS.items() if form.fullmatch(target)), "")
        if method != "GET" and kind and answer.code == "":
            with self._writing:
                self._write_down(kind, target, body, answer)
        return answer

    def settle(self) -> None:
        """Wait until every kill that was started has happened."""
        self._killers.shutdown(wait=True)
        for kill in self.kills:
            kill.result()

    def _write_down(self, kind: str, target: str, body: Mapping[str, object] | bytes, answer: Answer) -> None:
        assert answer.body["outcome"] == "done"
        self.counts[kind] += 1
        kill = self.plan.get((kind, self.counts[kind]))
        if kill is not None:
            self.kills.append(self._killers.submit(kill))
        if kind in NUMBERS:
            asked = orjson.loads(body if isinstance(body, bytes) else orjson.dumps(dict(body)))
            number = asked[NUMBERS[kind]]
            known = self.acknowledged[kind].setdefault(number, Acknowledged(target, asked, answer.body))
            assert first_form(answer.body) == first_form(known.answer)
