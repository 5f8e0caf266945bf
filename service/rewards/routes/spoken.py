"""Answers in the caller's language."""

from flask import Response, request

from service.core.http.answers import json_response
from service.core.http.requests import language_of
from service.rewards.answers import Answer, say


def spoken(answer: Answer, status: int = 200) -> Response:
    """Answer with an operation's answer, its texts in the language the caller reads best."""
    return json_response(say(answer, language_of(request)), status)
