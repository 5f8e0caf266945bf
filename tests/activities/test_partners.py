import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from service import activities
from service.core.context import Context
from service.core.key_pairs import new_private_key, public_jwk
from service.core.opening import Opening
from tests.activities.conftest import NewPartner
from tests.activities.intake import Partner
from tests.identity import world
from tests.identity.world import OperatorClient, said

PROGRAMME = {
    "code": "valley",
    "name_zh": "试验谷",
    "name_en": "Trial valley",
    "polygon": [["-73.5", "42"], ["-72", "42"], ["-72", "43"], ["-73.5", "43"]],
    "starts_on": "2018-01-01",
    "ends_on": "2021-12-31",
    "max_age_days": 4000,
}


def test_a_partner_is_registered_once(partner: Partner, operator: OperatorClient) -> None:
    body = partner.registration("green-wheels")

    again = operator.post("/v1/operator/partners", json=body)
    other = operator.post("/v1/operator/partners", json={**body, "name_en": "Greener Wheels"})

    expected = {
        "partner_id": partner.partner_id,
        "code": "green-wheels",
        "name_zh": "青轮出行",
        "name_en": "Green Wheels",
        "programme_code": "kunming",
        "activity_types": body["activity_types"],
        "key_id": partner.client.key_id,
    }
    assert (again.status_code, said(again)) == (201, {"partner": expected, "outcome": "done", "replayed": True})
    assert (other.status_code, said(other)["code"]) == (409, "NUMBER_REUSED")
    assert operator.get("/v1/operator/partners").json == {"partners": [expected], "next_after": None}


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointers"),
    [
        ({"code": "green-wheels"}, 409, "PARTNER_CODE_TAKEN", []),
        ({"programme_code": "atlantis"}, 404, "PROGRAMME_NOT_FOUND", []),
        ({"code": "Big"}, 400, "INVALID_REQUEST", ["#/code"]),
        ({"activity_types": []}, 400, "INVALID_REQUEST", ["#/activity_types"]),
        ({"activity_types": ["flight"]}, 400, "INVALID_REQUEST", ["#/activity_types/0"]),
        ({"name_en": "x\u0007"}, 400, "INVALID_REQUEST", ["#/name_en"]),
        ({"colour": "red"}, 400, "INVALID_REQUEST", ["#/colour"]),
        (
            {"public_key": {"kty": "RSA"}},
            400,
            "INVALID_REQUEST",
            ["#/public_key/crv", "#/public_key/kty", "#/public_key/x"],
        ),
    ],
    ids=str,
)
def test_a_partner_that_cannot_be_is_refused(
    changes: dict[str, Any],
    status: int,
    code: str,
    pointers: list[str],
    partner: Partner,
    operator: OperatorClient,
) -> None:
    body = {**partner.registration("other"), "public_key": public_jwk(new_private_key().public_key()), **changes}

    answer = operator.post("/v1/operator/partners", json=body)

    assert (answer.status_code, said(answer)["code"]) == (status, code)
    assert sorted(error["pointer"] for error in said(answer).get("errors", [])) == pointers
    assert len(said(operator.get("/v1/operator/partners"))["partners"]) == 1


def test_a_key_belongs_to_one_partner(partner: Partner, operator: OperatorClient) -> None:
    answer = operator.post("/v1/operator/partners", json=partner.registration("other"))

    assert (answer.status_code, said(answer)["code"]) == (409, "KEY_ALREADY_REGISTERED")
    assert said(answer)["errors"][0]["pointer"] == "#/public_key"


def test_partners_are_listed_by_pages(new_partner: NewPartner, operator: OperatorClient) -> None:
    for code in ("one", "two", "three"):
        new_partner(code)

    first = said(operator.get("/v1/operator/partners?limit=2"))
    rest = said(operator.get(f"/v1/operator/partners?limit=2&after={first['next_after']}"))

    assert [one["code"] for one in first["partners"]] == ["one", "two"]
    assert ([one["code"] for one in rest["partners"]], rest["next_after"]) == (["three"], None)


@pytest.mark.parametrize(("role", "status"), [("operations", 403), ("audit", 403)])
def test_only_the_system_operator_registers_partners(role: str, status: int, app: Flask, context: Context) -> None:
    somebody = world.operator(app, context, role)
    partner = Partner(app, context, None)  # type: ignore[arg-type]  # nothing is processed

    assert somebody.post("/v1/operator/partners", json=partner.registration("other")).status_code == status
    assert somebody.get("/v1/operator/partners").status_code == 200


def create(context: Context, tmp_path: Path, document: object) -> Result:
    file = tmp_path / "programme.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    (command,) = activities.commands(lambda: Opening(context=lambda: context, checks=()))
    return CliRunner().invoke(command, ["create", str(file)])


def test_a_programme_is_created_from_a_file_and_never_changed(
    context: Context, tmp_path: Path, new_partner: NewPartner
) -> None:
    made = create(context, tmp_path, PROGRAMME)
    again = create(context, tmp_path, PROGRAMME)
    other = create(context, tmp_path, {**PROGRAMME, "max_age_days": 1})

    assert (made.exit_code, made.output) == (0, "programme valley created\n")
    assert (again.exit_code, again.output) == (0, "programme valley is there already\n")
    assert other.exit_code == 1
    assert "PROGRAMME_EXISTS" in other.output
    assert new_partner("valley-bikes", programme_code="valley").partner_id > 0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"colour": "red"}, "#"),
        ({"code": "Valley"}, "#/code"),
        ({"max_age_days": 1.5}, "#/max_age_days"),
        ({"max_age_days": True}, "#/max_age_days"),
        ({"max_age_days": 0}, "#/max_age_days"),
        ({"starts_on": "yesterday"}, "#/starts_on"),
        ({"starts_on": "2022-01-01"}, "#/ends_on"),
        ({"name_en": " "}, "#/name_en"),
        ({"polygon": [["0", "0"], ["1", "1"]]}, "#/polygon"),
        ({"polygon": [["0", "0"], ["1", "1"], ["x", "1"]]}, "#/polygon/2"),
        ({"polygon": [["0", "0"], ["1", "1"], ["181", "1"]]}, "#/polygon/2"),
        ({"polygon": [["0", "0"], ["1", "1"], [True, 1]]}, "#/polygon/2"),
        ({"polygon": [["0", "0"], ["1", "1"], ["1"]]}, "#/polygon/2"),
    ],
    ids=str,
)
def test_a_programme_that_cannot_be_is_refused(
    changes: dict[str, Any], field: str, context: Context, tmp_path: Path
) -> None:
    found = create(context, tmp_path, {**PROGRAMME, **changes})

    assert found.exit_code == 1
    assert found.output == f"Error: PROGRAMME_UNFIT: Check {field}.\n"


def test_a_programme_file_that_is_no_json_is_refused(context: Context, tmp_path: Path) -> None:
    found = create(context, tmp_path, "{")

    assert found.exit_code == 1
    assert "is not JSON" in found.output
