"""What belongs to one request: its id and its language. Kept in the WSGI environ, never in globals."""

from flask import Request

from service.core.texts import DEFAULT_LANGUAGE, Language

REQUEST_ID = "tanhui.request_id"
REFUSAL_CODE = "tanhui.refusal_code"


def request_id_of(request: Request) -> str:
    """Return the id under which this request is logged and answered."""
    return str(request.environ.get(REQUEST_ID, ""))


def language_of(request: Request) -> Language:
    """Return the language the caller reads best, Chinese unless they prefer English."""
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default=DEFAULT_LANGUAGE)
    return "en" if best == "en" else "zh-CN"
