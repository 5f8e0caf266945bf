from flask.testing import FlaskClient

from schemas.methodology import MethodsOut, MethodWholeOut
from service.methodology import Catalogue

METHODS = "/v1/public/methods"


def test_anyone_reads_the_published_methods_page_by_page(client: FlaskClient) -> None:
    whole = client.get(METHODS)
    first = client.get(METHODS, query_string={"limit": 3})
    rest = client.get(METHODS, query_string={"limit": 3, "after": first.json["next_after"]})

    assert whole.status_code == 200
    assert MethodsOut().validate(whole.json) == {}
    assert whole.json["next_after"] is None
    assert rest.json["next_after"] is None
    assert first.json["methods"] + rest.json["methods"] == whole.json["methods"]
    assert [row["method_id"] for row in whole.json["methods"]] == [
        "bus_trip",
        "metro_trip",
        "shared_bike_trip",
        "shared_ebike_trip",
    ]


def test_a_method_is_shown_whole_in_the_readers_language(client: FlaskClient, catalogue: Catalogue) -> None:
    zh = client.get(f"{METHODS}/metro_trip/1")
    en = client.get(f"{METHODS}/metro_trip/1", headers={"Accept-Language": "en"})

    assert (zh.status_code, en.status_code) == (200, 200)
    assert MethodWholeOut().validate(zh.json) == {}
    assert (zh.json["title"], en.json["title"]) == ("地铁出行", "Metro trip")
    assert zh.json["digest"] == catalogue.get("metro_trip", 1).digest
    assert zh.json["mg_account"] == "provisional"
    assert zh.json["placeholders"] == ["baseline_per_km", "traction_per_km", "evidence.gps"]
    assert zh.json["golden"][0]["steps"][-1]["result"] == 935_226


def test_an_unknown_method_or_version_is_refused(client: FlaskClient) -> None:
    for path in ("metro_trip/2", "teleport/1"):
        answer = client.get(f"{METHODS}/{path}")

        assert (answer.status_code, answer.json["code"]) == (404, "METHOD_NOT_FOUND")


def test_a_bad_query_is_refused_with_its_pointer(client: FlaskClient) -> None:
    expected = {
        "?limit=0": ("#/limit", "OUT_OF_RANGE"),
        "?limit=x": ("#/limit", "NOT_AN_INTEGER"),
        "?colour=red": ("#/colour", "UNKNOWN_FIELD"),
        "?after=x": ("#/after", "BAD_CURSOR"),
        "?after=WyJhIiwieCJd": ("#/after", "BAD_CURSOR"),
    }

    found = {query: client.get(METHODS + query) for query in expected}

    assert {answer.status_code for answer in found.values()} == {400}
    problems = {query: answer.json["errors"][0] for query, answer in found.items()}
    assert {query: (problem["pointer"], problem["code"]) for query, problem in problems.items()} == expected
