from uuid import UUID

import pytest
from flask import Flask
from sqlmodel import Session

from service import identity
from service.core.context import Context
from service.core.signing import make_ticket
from tests.clock import MovingClock
from tests.identity import world
from tests.identity.world import CitizenClient, MachineClient, code_of, said

TEN = "2026-11-20T10:00:00+08:00"
ELEVEN = "2026-11-20T11:00:00+08:00"
GIVE = {"version": "2026-11", "accepted": True}


@pytest.fixture
def citizen(app: Flask, context: Context) -> CitizenClient:
    return world.citizen(app, context, entrusted=False)


@pytest.fixture
def partner(app: Flask, context: Context) -> MachineClient:
    return world.registered_machine(app, context, "partner", 7)


# Entrustment


def test_nothing_is_entrusted_until_the_citizen_does(citizen: CitizenClient) -> None:
    chinese, english = (
        said(citizen.get("/v1/me/entrustment", headers={"Accept-Language": language}))
        for language in ("zh-CN", "en")
    )

    assert (chinese["entrustment"], chinese["history"], chinese["offered"]["version"]) == (None, [], "2026-11")
    assert chinese["offered"]["text"].startswith("本人委托碳惠春城平台")
    assert english["offered"]["text"].startswith("I entrust Tanhui Chuncheng")


def test_giving_an_entrustment_twice_changes_nothing(citizen: CitizenClient, clock: MovingClock) -> None:
    first = citizen.put("/v1/me/entrustment", json=GIVE)
    clock.advance(hours=1)
    second = citizen.put("/v1/me/entrustment", json=GIVE)

    given = {"version": "2026-11", "given_at": TEN, "withdrawn_at": None}
    assert first.status_code == second.status_code == 200
    assert said(first) == said(second) == {"outcome": "done", "entrustment": given}
    assert said(citizen.get("/v1/me/entrustment"))["history"] == [given]


def test_the_history_of_entrustments_is_kept(citizen: CitizenClient, clock: MovingClock) -> None:
    citizen.put("/v1/me/entrustment", json=GIVE)
    clock.advance(hours=1)
    withdrawn = citizen.delete("/v1/me/entrustment")
    after = said(citizen.get("/v1/me/entrustment"))
    clock.advance(hours=1)
    citizen.access_token = world.citizen(citizen.client.application, citizen.context, entrusted=False).access_token
    citizen.put("/v1/me/entrustment", json=GIVE)

    ended = {"version": "2026-11", "given_at": TEN, "withdrawn_at": ELEVEN}
    live = {"version": "2026-11", "given_at": "2026-11-20T12:00:00+08:00", "withdrawn_at": None}
    assert said(withdrawn) == {"outcome": "done", "entrustment": ended}
    assert (after["entrustment"], after["history"]) == (None, [ended])
    now = said(citizen.get("/v1/me/entrustment"))
    assert (now["entrustment"], now["history"]) == (live, [live, ended])


def test_nothing_can_be_withdrawn_that_was_not_given(citizen: CitizenClient) -> None:
    assert code_of(citizen.delete("/v1/me/entrustment")) == (404, "ENTRUSTMENT_NOT_FOUND")


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"version": "2026-11", "accepted": False}, (400, "ENTRUSTMENT_NOT_ACCEPTED"), "#/accepted"),
        ({"version": "1999-01", "accepted": True}, (409, "ENTRUSTMENT_VERSION_UNKNOWN"), "#/version"),
        ({"version": "2026-11", "accepted": "yes"}, (400, "INVALID_REQUEST"), "#/accepted"),
        ({"version": "2026-11"}, (400, "INVALID_REQUEST"), "#/accepted"),
        ({**GIVE, "note": ""}, (400, "INVALID_REQUEST"), "#/note"),
    ],
)
def test_an_entrustment_is_given_by_accepting_the_text_in_force(
    citizen: CitizenClient, body: dict[str, object], code: tuple[int, str], pointer: str
) -> None:
    answer = citizen.put("/v1/me/entrustment", json=body)

    assert (code_of(answer), [problem["pointer"] for problem in said(answer)["errors"]]) == (code, [pointer])
    assert said(citizen.get("/v1/me/entrustment"))["history"] == []


# Bindings


def test_a_partner_s_ticket_binds_its_user(citizen: CitizenClient, partner: MachineClient) -> None:
    answer = citizen.post("/v1/me/bindings", json={"ticket": partner.ticket("rider-7")})

    made = said(answer)["binding"]
    assert (answer.status_code, said(answer)) == (
        201,
        {
            "outcome": "done",
            "replayed": False,
            "binding": {
                "binding_id": made["binding_id"],
                "partner_id": 7,
                "bound_at": TEN,
                "ended_at": None,
            },
        },
    )
    assert said(citizen.get("/v1/me/bindings")) == {"bindings": [made], "next_after": None}


def test_the_same_ticket_again_gives_the_same_binding(citizen: CitizenClient, partner: MachineClient) -> None:
    ticket = {"ticket": partner.ticket("rider-7")}

    first = said(citizen.post("/v1/me/bindings", json=ticket))
    second = said(citizen.post("/v1/me/bindings", json=ticket))

    assert second == {**first, "replayed": True}


def test_a_subject_belongs_to_one_citizen(
    app: Flask, context: Context, citizen: CitizenClient, partner: MachineClient
) -> None:
    other = world.citizen(app, context, 2, entrusted=False)
    citizen.post("/v1/me/bindings", json={"ticket": partner.ticket("rider-7")})

    answer = other.post("/v1/me/bindings", json={"ticket": partner.ticket("rider-7")})

    assert code_of(answer) == (409, "SUBJECT_ALREADY_BOUND")
    assert said(other.get("/v1/me/bindings"))["bindings"] == []


def test_the_same_name_at_another_partner_is_another_subject(
    app: Flask, context: Context, citizen: CitizenClient, partner: MachineClient
) -> None:
    other = world.citizen(app, context, 2, entrusted=False)
    other_partner = world.registered_machine(app, context, "partner", 8)
    citizen.post("/v1/me/bindings", json={"ticket": partner.ticket("rider-7")})

    answer = other.post("/v1/me/bindings", json={"ticket": other_partner.ticket("rider-7")})

    assert (answer.status_code, said(answer)["binding"]["partner_id"]) == (201, 8)


def test_an_ended_binding_frees_the_subject_but_not_the_ticket(
    app: Flask, context: Context, citizen: CitizenClient, partner: MachineClient, clock: MovingClock
) -> None:
    other = world.citizen(app, context, 2, entrusted=False)
    ticket = {"ticket": partner.ticket("rider-7")}
    made = said(citizen.post("/v1/me/bindings", json=ticket))["binding"]
    clock.advance(minutes=1)

    ended = [citizen.delete(f"/v1/me/bindings/{made['binding_id']}") for _ in range(2)]

    gone = {**made, "ended_at": "2026-11-20T10:01:00+08:00"}
    assert [(answer.status_code, said(answer)) for answer in ended] == [
        (200, {"outcome": "done", "binding": gone})
    ] * 2
    assert said(citizen.get("/v1/me/bindings"))["bindings"] == []
    assert code_of(other.post("/v1/me/bindings", json=ticket)) == (409, "TICKET_SPENT")
    assert other.post("/v1/me/bindings", json={"ticket": partner.ticket("rider-7")}).status_code == 201


def test_another_citizen_s_binding_is_not_found(
    app: Flask, context: Context, citizen: CitizenClient, partner: MachineClient
) -> None:
    other = world.citizen(app, context, 2, entrusted=False)
    made = said(citizen.post("/v1/me/bindings", json={"ticket": partner.ticket("rider-7")}))["binding"]

    assert code_of(other.delete(f"/v1/me/bindings/{made['binding_id']}")) == (404, "BINDING_NOT_FOUND")
    assert code_of(other.delete(f"/v1/me/bindings/{UUID(int=1)}")) == (404, "BINDING_NOT_FOUND")
    assert said(citizen.get("/v1/me/bindings"))["bindings"] == [made]


def test_bindings_come_in_pages(citizen: CitizenClient, partner: MachineClient, clock: MovingClock) -> None:
    made = []
    for n in range(3):
        clock.advance(seconds=1)
        made.append(said(citizen.post("/v1/me/bindings", json={"ticket": partner.ticket(f"rider-{n}")})))

    first = said(citizen.get("/v1/me/bindings?limit=2"))
    second = said(citizen.get(f"/v1/me/bindings?limit=2&after={first['next_after']}"))

    assert first["bindings"] + second["bindings"] == [answer["binding"] for answer in made]
    assert second["next_after"] is None


@pytest.mark.parametrize("after", ["x", "WyJ4Il0", "WyJ4IiwieSJd"])
def test_a_cursor_that_is_none_is_pointed_at(citizen: CitizenClient, after: str) -> None:
    answer = citizen.get(f"/v1/me/bindings?after={after}")

    assert code_of(answer) == (400, "INVALID_REQUEST")
    assert [problem["code"] for problem in said(answer)["errors"]] == ["BAD_CURSOR"]


def test_a_ticket_ends_after_ten_minutes(
    citizen: CitizenClient, partner: MachineClient, clock: MovingClock
) -> None:
    ticket = {"ticket": partner.ticket("rider-7")}

    clock.advance(minutes=10)

    assert code_of(citizen.post("/v1/me/bindings", json=ticket)) == (400, "TICKET_EXPIRED")


def test_a_ticket_that_no_partner_signed_is_invalid(
    app: Flask, context: Context, citizen: CitizenClient, partner: MachineClient
) -> None:
    terminal = world.registered_machine(app, context, "terminal", 7)
    stranger = world.machine(app, context)
    request_token = partner.credentials("POST", "/v1/me/bindings", b"")["Authorization"].split(" ")[1]
    tickets = [
        terminal.ticket("rider-7"),
        stranger.ticket("rider-7"),
        citizen.access_token,
        request_token,
        make_ticket(partner.key, "", now=context.now(), ticket_id=context.new_id()),
        "not a ticket",
    ]

    answers = [citizen.post("/v1/me/bindings", json={"ticket": ticket}) for ticket in tickets]

    assert [code_of(answer) for answer in answers] == [(400, "TICKET_INVALID")] * len(tickets)
    assert said(citizen.get("/v1/me/bindings"))["bindings"] == []


def test_a_batch_learns_at_once_who_its_subjects_are(
    app: Flask, context: Context, session: Session, citizen: CitizenClient, partner: MachineClient
) -> None:
    entrusting = world.citizen(app, context, 2)
    world.bind(citizen, partner, "rider-1")
    world.bind(entrusting, partner, "rider-2")
    one, two, three = (identity.subject_hash(context.keyring, 7, f"rider-{n}") for n in (1, 2, 3))

    found = identity.find_bound(session, 7, [one, two, three])

    assert found == {
        one: identity.Bound(citizen.citizen_id, entrusted=False, bound_at=context.now()),
        two: identity.Bound(entrusting.citizen_id, entrusted=True, bound_at=context.now()),
    }
    assert identity.find_bound(session, 8, [one, two]) == {}
    assert identity.find_bound(session, 7, []) == {}


def test_a_till_sees_the_ends_of_the_phone_only(citizen: CitizenClient, session: Session) -> None:
    assert identity.holder_mask(session, citizen.context.keyring, citizen.citizen_id) == "138****0001"
