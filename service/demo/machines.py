"""Requests signed by a machine's own key, as `tanhui sign` makes them."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.core.clock import Clock
from service.core.ids import uuid7_source
from service.core.key_pairs import PrivateKey
from service.core.signing import RequestLine, make_request_token, make_ticket


@dataclass(frozen=True, slots=True)
class Machine:
    """A partner's server or a till."""

    key: PrivateKey
    now: Clock

    def who(self, method: str, target: str, body: bytes) -> Mapping[str, str]:
        """Return the header that proves exactly this request, once."""
        line = RequestLine.of(method, target)
        request_id = uuid7_source(self.now)()
        token = make_request_token(self.key, line, body, now=self.now(), request_id=request_id)
        return {"Authorization": f"Machine {token}"}

    def ticket(self, subject_token: str) -> str:
        """Return the partner's word that this subject wants to be bound."""
        return make_ticket(self.key, subject_token, now=self.now(), ticket_id=uuid7_source(self.now)())
