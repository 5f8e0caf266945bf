import base64
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.core.context import Context
from service.core.key_pairs import key_id_of, new_private_key, read_public_jwk
from service.identity.access_tokens import make_access_token
from service.identity.refresh_tokens import read_refresh_token
from service.identity.store.signing_keys import current_private_key
from tests.clock import MovingClock
from tests.identity import world
from tests.identity.world import CitizenClient, Client, code_of, said


@pytest.fixture
def citizen(app: Flask, context: Context) -> CitizenClient:
    citizen = world.citizen(app, context, entrusted=False)
    citizen.renews = False
    return citizen


def refresh(citizen: Client, token: str) -> tuple[tuple[int, str | None], str]:
    answer = citizen.client.post("/v1/sign-in/refresh", json={"refresh_token": token})
    return code_of(answer), said(answer).get("refresh_token", "")


def test_a_refresh_gives_new_tokens_that_work(citizen: CitizenClient, clock: MovingClock) -> None:
    clock.advance(minutes=15)
    expired = code_of(citizen.get("/v1/me"))
    answer = citizen.client.post("/v1/sign-in/refresh", json={"refresh_token": citizen.refresh_token})
    body = said(answer)
    citizen.access_token = body["access_token"]

    assert expired == (401, "TOKEN_EXPIRED")
    assert (answer.status_code, sorted(body), body["outcome"], body["expires_in_s"]) == (
        200,
        ["access_token", "expires_in_s", "outcome", "refresh_token"],
        "done",
        900,
    )
    assert body["refresh_token"] != citizen.refresh_token
    assert said(citizen.get("/v1/me"))["citizen"]["citizen_id"] == citizen.citizen_id


def test_a_refresh_token_used_twice_ends_its_whole_family(citizen: CitizenClient) -> None:
    first = citizen.refresh_token
    _, second = refresh(citizen, first)
    _, third = refresh(citizen, second)

    reused = refresh(citizen, first)[0]
    newest = refresh(citizen, third)[0]

    assert reused == (401, "REFRESH_TOKEN_REUSED")
    assert newest == (401, "REFRESH_TOKEN_INVALID")


def test_the_family_of_another_device_lives_on(
    app: Flask, context: Context, citizen: CitizenClient, clock: MovingClock
) -> None:
    clock.advance(minutes=2)
    other_device = world.citizen(app, context, entrusted=False)
    refresh(citizen, citizen.refresh_token)
    refresh(citizen, citizen.refresh_token)

    assert other_device.citizen_id == citizen.citizen_id
    assert refresh(other_device, other_device.refresh_token)[0] == (200, None)


def test_a_refresh_token_lasts_thirty_days_from_the_last_refresh(
    citizen: CitizenClient, clock: MovingClock
) -> None:
    clock.advance(days=30, seconds=-1)
    status, following = refresh(citizen, citizen.refresh_token)
    clock.advance(days=30)

    assert status == (200, None)
    assert refresh(citizen, following)[0] == (401, "TOKEN_EXPIRED")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 79), letter=st.sampled_from("ABCXYZabcxyz019-_"))
def test_any_changed_letter_makes_a_refresh_token_nobody_s(
    citizen: CitizenClient, place: int, letter: str
) -> None:
    token = citizen.refresh_token
    changed = token[:place] + letter + token[place + 1 :]

    found = read_refresh_token(citizen.context.keyring, changed)

    assert (found is None) == (changed != token)


@pytest.mark.parametrize("token", ["x", "A" * 80, "!" * 80, "é" * 80, "A" * 4_096])
def test_a_made_up_refresh_token_is_refused(citizen: CitizenClient, token: str) -> None:
    assert refresh(citizen, token)[0] == (401, "REFRESH_TOKEN_INVALID")


def test_the_world_can_verify_an_access_token_with_the_published_keys(
    app: Flask, context: Context, citizen: CitizenClient
) -> None:
    published = said(world.visitor(app, context).get("/.well-known/jwks.json"))

    key = read_public_jwk(published["keys"][0])
    claims = jwt.decode(
        citizen.access_token,
        key,
        algorithms=["EdDSA"],
        options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
    )
    assert isinstance(key, Ed25519PublicKey)
    assert published == {
        "keys": [{**published["keys"][0], "kty": "OKP", "alg": "EdDSA", "use": "sig", "kid": key_id_of(key)}]
    }
    assert "d" not in published["keys"][0]
    assert claims == {
        "iss": "http://127.0.0.1:8000",
        "aud": "tanhui-citizen",
        "sub": str(citizen.citizen_id),
        "iat": 1795140000,
        "exp": 1795140900,
    }


def test_the_first_look_at_the_keys_makes_one_and_the_next_finds_it(app: Flask, context: Context) -> None:
    visitor = world.visitor(app, context)

    keys = [said(visitor.get("/.well-known/jwks.json"))["keys"] for _ in range(2)]

    assert len(keys[0]) == 1
    assert keys[0] == keys[1]


def test_a_token_of_a_key_that_is_not_ours_is_refused(citizen: CitizenClient) -> None:
    context = citizen.context
    citizen.access_token = make_access_token(
        new_private_key(), citizen.citizen_id, issuer=context.public_url, now=context.now()
    )

    assert code_of(citizen.get("/v1/me")) == (401, "UNKNOWN_KEY")


@pytest.mark.parametrize("changed", [{"iss": "http://elsewhere"}, {"aud": "tanhui"}, {"sub": "-1"}, {"sub": 1}])
def test_a_token_of_our_own_key_with_other_claims_is_refused(
    citizen: CitizenClient, changed: dict[str, object]
) -> None:
    context = citizen.context
    with context.open_session() as session:
        key = current_private_key(session, context, context.now())
    claims = {**jwt.decode(citizen.access_token, options={"verify_signature": False}), **changed}
    header = {"kid": key_id_of(key.public_key())}
    citizen.access_token = jwt.PyJWS().encode(json.dumps(claims).encode(), key, "EdDSA", header)

    assert code_of(citizen.get("/v1/me")) == (401, "TOKEN_CLAIMS_INVALID")


def changed_claims(token: str, **changed: object) -> str:
    head, claims, signature = token.split(".")
    found = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    text = base64.urlsafe_b64encode(json.dumps({**found, **changed}).encode()).rstrip(b"=").decode()
    return f"{head}.{text}.{signature}"


@pytest.mark.parametrize("changed", [{"sub": "1"}, {"exp": 1895140000}, {"aud": "tanhui"}])
def test_changed_claims_are_refused(citizen: CitizenClient, changed: dict[str, object]) -> None:
    citizen.access_token = changed_claims(citizen.access_token, **changed)

    assert code_of(citizen.get("/v1/me")) == (401, "SIGNATURE_INVALID")


def test_a_token_without_a_signature_is_refused(citizen: CitizenClient) -> None:
    unsigned = jwt.encode({"sub": "1"}, "", algorithm="none", headers={"kid": "k" * 43})
    citizen.access_token = unsigned

    assert code_of(citizen.get("/v1/me")) == (401, "ALGORITHM_NOT_ALLOWED")


def test_a_machine_s_signature_does_not_make_a_citizen(app: Flask, context: Context) -> None:
    partner = world.registered_machine(app, context, "partner", 7)
    claimed = make_access_token(partner.key, 1, issuer=context.public_url, now=context.now())

    answer = app.test_client().get("/v1/me", headers={"Authorization": f"Bearer {claimed}"})
    as_machine = partner.get("/v1/me")

    assert code_of(answer) == (401, "UNKNOWN_KEY")
    assert code_of(as_machine) == (403, "FORBIDDEN")
