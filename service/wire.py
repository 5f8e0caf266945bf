"""The OpenAPI document: what the contexts' routes say, and who may use each of them."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from service import identity
from service.core.http.answers import PROBLEM_JSON
from service.core.http.openapi import document

API_EXTENSION = "tanhui.api"
SCHEMES: dict[str, dict[str, str]] = {
    "citizen": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The access token of POST /v1/sign-in",
    },
    "machine": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Machine <JWT>` signed by the caller's own key; it binds method, path, query and body",
    },
    "operator": {
        "type": "apiKey",
        "in": "cookie",
        "name": identity.OPERATOR_COOKIE,
        "description": f"The session of POST /v1/operator/session; writes also carry {identity.CSRF_HEADER}",
    },
}
SCHEME_OF = {"citizen": "citizen", "partner": "machine", "terminal": "machine"}
NOT_ADMITTED = {
    "401": "Nobody is signed in, or what shows who asks is not accepted: "
    + ", ".join(sorted(f"`{kind.code}`" for kind in identity.AUTHENTICATION_REFUSALS)),
    "403": f"`{identity.Forbidden.code}`, `{identity.CsrfTokenInvalid.code}`: the caller may not do this",
}


def openapi_document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of ``app``, each operation with its permission and its callers' credentials."""
    spec = document(app.extensions[API_EXTENSION])
    spec.setdefault("components", {})["securitySchemes"] = SCHEMES
    permissions = _permissions(app)
    for path, operations in spec["paths"].items():
        for verb, operation in operations.items():
            if verb != "parameters":
                _say_who(operation, permissions[path, verb.upper()])
    return spec


def _permissions(app: Flask) -> Mapping[tuple[str, str], identity.Permission]:
    """Return the permission of each documented path and verb."""
    found = {}
    for rule in app.url_map.iter_rules():
        name = getattr(app.view_functions[rule.endpoint], identity.PERMISSION_ATTRIBUTE, None)
        if name is None:
            continue
        path = _documented(rule.rule)
        found.update({(path, verb): identity.PERMISSIONS[name] for verb in rule.methods or ()})
    return found


def _documented(rule: str) -> str:
    """Return werkzeug's rule as OpenAPI writes it: ``<int(signed=True):x>`` becomes ``{x}``."""
    parts = rule.split("<")
    return parts[0] + "".join(
        "{" + inner.split(">", 1)[0].rsplit(":", 1)[-1] + "}" + inner.split(">", 1)[1] for inner in parts[1:]
    )


def _say_who(operation: dict[str, Any], permission: identity.Permission) -> None:
    operation["x-permission"] = permission.name
    if permission.is_open:
        operation["security"] = []
        return
    schemes = {SCHEME_OF.get(holder, "operator") for holder in permission.holders}
    operation["security"] = [{scheme: []} for scheme in sorted(schemes)]
    problem = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
    for status, description in NOT_ADMITTED.items():
        operation["responses"].setdefault(status, {"description": description, "content": problem})
