"""JSON by orjson, for Flask and for hot routes."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"


class FastJSON(JSONProvider):
    """Flask's JSON, read and written by orjson; integers stay exact, NaN is refused."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:  # noqa: ARG002, ANN401 - Flask's signature
        """Write ``obj``."""
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ARG002, ANN401 - Flask's signature
        """Read ``s``."""
        return orjson.loads(s)


def json_response(body: Mapping[str, object], status: int = 200) -> Response:
    """Answer with a JSON object."""
    return Response(orjson.dumps(body), status, content_type=JSON)
