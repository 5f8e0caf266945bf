from typing import Any

from flask.testing import FlaskClient

from schemas.methodology import MethodsOut, MethodWholeOut
from service.methodology import Catalogue

METHODS = "/v1/public/methods"


def read(client: FlaskClient, path: str, language: str = "zh-CN") -> tuple[int, dict[str, Any]]:
    answer = client.get(METHODS + path, headers={"Accept-Language": language})
    body: dict[str, Any] = answer.get_json()
    return answer.status_code, body


def test_anyone_reads_the_published_methods_page_by_page(client: FlaskClient) -> None:
    status, whole = read(client, "")
    _, first = read(client, "?limit=3")
    _, rest = read(client, f"?limit=3&after={first['next_after']}")

    assert status == 200
    assert MethodsOut().validate(whole) == {}
    assert whole["next_after"] is None
    assert rest["next_after"] is None
    assert first["methods"] + rest["methods"] == whole["methods"]
    assert [row["method_id"] for row in whole["methods"]] == [
        "bus_trip",
        "metro_trip",
        "shared_bike_trip",
        "shared_ebike_trip",
    ]


def test_a_method_is_shown_whole_in_the_readers_language(client: FlaskClient, catalogue: Catalogue) -> None:
    status, zh = read(client, "/metro_trip/1")
    _, en = read(client, "/metro_trip/1", "en")

    assert status == 200
    assert MethodWholeOut().validate(zh) == {}
    assert (zh["title"], en["title"]) == ("地铁出行", "Metro trip")
    assert zh["digest"] == catalogue.get("metro_trip", 1).digest
    assert zh["mg_account"] == "provisional"
    assert zh["placeholders"] == ["baseline_per_km", "traction_per_km", "evidence.gps"]
    assert zh["golden"][0]["steps"][-1]["result"] == 935_226


def test_an_unknown_method_or_version_is_refused(client: FlaskClient) -> None:
    for path in ("metro_trip/2", "teleport/1"):
        status, problem = read(client, f"/{path}")

        assert (status, problem["code"]) == (404, "METHOD_NOT_FOUND")


def test_a_bad_query_is_refused_with_its_pointer(client: FlaskClient) -> None:
    expected = {
        "?limit=0": ("#/limit", "OUT_OF_RANGE"),
        "?limit=x": ("#/limit", "NOT_AN_INTEGER"),
        "?colour=red": ("#/colour", "UNKNOWN_FIELD"),
        "?after=x": ("#/after", "BAD_CURSOR"),
        "?after=WyJhIiwieCJd": ("#/after", "BAD_CURSOR"),
    }

    found = {query: read(client, query) for query in expected}

    assert {status for status, _ in found.values()} == {400}
    problems = {query: body["errors"][0] for query, (_, body) in found.items()}
    assert {query: (problem["pointer"], problem["code"]) for query, problem in problems.items()} == expected
