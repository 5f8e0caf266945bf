import json
from pathlib import Path

from flask import Flask

from service.wire import openapi_document

COMMITTED = Path(__file__).parents[2] / "schemas" / "openapi.json"


def test_the_committed_document_is_the_one_the_application_describes(app: Flask) -> None:
    described = openapi_document(app)

    assert json.loads(COMMITTED.read_text()) == json.loads(json.dumps(described)), (
        "the wire changed: write it anew with `tanhui openapi > schemas/openapi.json` and review the difference"
    )


def test_every_error_is_documented_as_problem_json(app: Flask) -> None:
    for path, operations in openapi_document(app)["paths"].items():
        for verb, operation in operations.items():
            if verb == "parameters":
                continue
            for status, response in operation["responses"].items():
                if status[0] in "45" and "content" in response:
                    assert list(response["content"]) == ["application/problem+json"], (path, verb, status)


def test_every_operation_has_a_sentence(app: Flask) -> None:
    nameless = [
        (path, verb)
        for path, operations in openapi_document(app)["paths"].items()
        for verb, operation in operations.items()
        if verb != "parameters" and not operation.get("summary")
    ]
    assert nameless == []
