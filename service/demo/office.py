"""The operator's part of the day: set up partners, shops and offers; close the day and draw the statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

from service.core.clock import rfc3339
from service.core.key_pairs import public_jwk
from service.demo.calendar import DEMO_DAY, EVENING
from service.demo.client import Door, Unexpected
from service.demo.folder import Folder
from service.demo.market import TERMS, Merchant, Offer
from service.demo.partners import Partner

LOGIN = "demo"
USE_DAYS = 30
ON_SALE_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one merchant is owed for the day."""

    merchant_id: int
    rows: int
    total_fen: int
    file_matches: bool
    """Whether the file has the hash that the summary names."""


@dataclass(slots=True)
class Office:
    """The operator at the browser; remembers what the service calls everything."""

    door: Door
    folder: Folder
    merchant_ids: dict[str, int] = field(default_factory=dict)
    store_ids: dict[str, int] = field(default_factory=dict)
    offer_ids: dict[str, int] = field(default_factory=dict)
    replayed: int = 0
    created: int = 0
    _shown: dict[str, str] = field(default_factory=dict)

    def sign_in(self, password: str) -> None:
        """Sign in with the password; the cookie and the CSRF token are shown from now on."""
        answer = self.door.must("POST", "/v1/operator/session", {"login": LOGIN, "password": password})
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        self._shown = {"Cookie": cookie, "X-CSRF-Token": str(answer.body["csrf_token"])}

    def create_partner(self, partner: Partner) -> None:
        """Register a data partner with its public key."""
        self._create(
            "partner",
            partner.code,
            {
                "code": partner.code,
                "name_zh": partner.name.zh,
                "name_en": partner.name.en,
                "programme_code": "kunming",
                "activity_types": [partner.activity_type],
                "public_key": self._public_key(partner.code),
            },
        )

    def create_merchant(self, merchant: Merchant) -> None:
        """Register a merchant with its stores, tills and offers."""
        names = {"name_zh": merchant.name.zh, "name_en": merchant.name.en}
        merchant_id = self._create("merchant", merchant.number, {"code": merchant.number, **names})
        self.merchant_ids[merchant.number] = merchant_id
        for store in merchant.stores:
            names = {"name_zh": store.name.zh, "name_en": store.name.en}
            fields = {"merchant_id": merchant_id, "code": store.number, **names}
            store_id = self.store_ids[store.number] = self._create("store", store.number, fields)
            key = self._public_key(store.number)
            till = {"store_id": store_id, "code": f"{store.number}-T1", "public_key": key}
            self._create("terminal", f"{store.number}-T1", till)
        for offer in merchant.offers:
            self.offer_ids[offer.number] = self._create_offer(merchant, offer)

    def close_day(self) -> None:
        """Close the business day; closing it again changes nothing."""
        self.door.must("POST", f"/v1/operator/business-days/{DEMO_DAY}/close", who=self._who)

    def statement(self, merchant: Merchant) -> Statement:
        """Fetch a merchant's statement of the day and hold its file against the hash."""
        merchant_id = self.merchant_ids[merchant.number]
        target = f"/v1/operator/merchants/{merchant_id}/statements/{DEMO_DAY}"
        told = self.door.must("GET", target, who=self._who).body["statement"]
        content = self.door.must("GET", f"{target}/file", who=self._who).content
        matches = sha256(content).hexdigest() == told["sha256"]
        return Statement(merchant_id, told["rows"], told["total_fen"], matches)

    def _create_offer(self, merchant: Merchant, offer: Offer) -> int:
        merchant_fen = offer.face_value_fen - offer.programme_fen
        shares = (("programme", offer.programme_fen), ("merchant", merchant_fen))
        return self._create(
            "offer",
            offer.number,
            {
                "merchant_id": self.merchant_ids[merchant.number],
                "kind": offer.kind,
                "title_zh": offer.title.zh,
                "title_en": offer.title.en,
                "terms_zh": TERMS.zh,
                "terms_en": TERMS.en,
                "price_points": offer.price_points,
                "face_value_fen": offer.face_value_fen,
                "funding": [{"funder": funder, "amount_fen": fen} for funder, fen in shares if fen],
                "stock": offer.stock,
                "sale_starts_at": rfc3339(EVENING - timedelta(days=1)),
                "sale_ends_at": rfc3339(EVENING + ON_SALE_FOR),
                "use_days": USE_DAYS,
                "store_ids": [self.store_ids[store.number] for store in merchant.stores],
            },
        )

    def _create(self, kind: str, request_no: str, fields: Mapping[str, object]) -> int:
        """Create one thing under its fixed number and return the service's id of it."""
        answer = self.door.must("POST", f"/v1/operator/{kind}s", {"request_no": request_no, **fields}, self._who)
        self.replayed += answer.replayed
        self.created += not answer.replayed
        return int(answer.body[kind][f"{kind}_id"])

    def _public_key(self, name: str) -> dict[str, str]:
        return public_jwk(self.folder.key(name).public_key())

    def _who(self, _method: str, _target: str, _body: bytes) -> Mapping[str, str]:
        if not self._shown:
            message = "the operator has not signed in"
            raise Unexpected(message)
        return self._shown
