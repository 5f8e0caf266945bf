"""Requests of every wrong kind to every route: each is answered, explained, and leaves no trace.

The requests are made from the application's own OpenAPI document. A small sample runs always and is the same each
time; the large one is drawn anew on each run of the second tier.
"""

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.core.context import Context
from service.core.paging import encode_cursor
from tests.contract.strangers import ANYBODYS_UUID, FILE, Asked, Operation, Town, operations
from tests.identity import world

Strategy = st.SearchStrategy[Asked]

PLACES = (
    *(
        "-1",
        "0",
        "-0",
        "00",
        "+1",
        "1.0",
        "1e3",
        "12",
        "%D9%A3",
        "9" * 30,
        "9" * 5_000,
        str(2**53),
        str(2**63 - 1),
    ),
    *(str(2**63), str(-(2**63) - 1), "-" + "9" * 16, "%00", "a%00b", "%F0%9F%9A%87", "%ED%A0%80", "%FF", "%"),
    *("x" * 3_000, "..", "%2e%2e", "..%2F..%2Fetc%2Fpasswd", "%2F", "%5C", "'", "%27%20OR%201=1--", "%7Bday%7D"),
    *("{0}", "%25s", "%(x)s", "0001-01-01", "9999-12-31", "9999-12-30", "2026-02-30", "2026-W47-5", "20261119"),
    *("2026-11-19", "2026-11-20", "2026-11-21", "1970-01-01", "%20", "%0D%0AX-Evil:%201", "=1+1", "%E2%80%AE"),
    *(ANYBODYS_UUID, ANYBODYS_UUID.upper(), "{" + ANYBODYS_UUID + "}", ANYBODYS_UUID.replace("-", "")),
)
CURSOR_PARTS = (
    *("", "0", "-1", "1.5", "1e3", "x", "\u0663", "\u00b2", "\0", "a\0b", "9" * 30, "9" * 250, str(2**63), "-0"),
    *("0001-01-01", "9999-12-31", "2026-11-19", "2026-W47-5", "nan", ANYBODYS_UUID, "0" * 32, "\u0660" * 32),
    *("urn:uuid:" + ANYBODYS_UUID, "\U0001f687", "%s", "{0}", "B-1", "kunming-metro"),
)
RAW_CURSORS = (
    *("null", "1", "[1]", '["1",2]', "[null]", "[[]]", "{}", '{"0":"1"}', "[", "[" * 200, "NaN", "[1e999]", '"1"'),
)
LIMITS = (
    "0",
    "1",
    "500",
    "501",
    "-1",
    "1.5",
    "1e2",
    "\u0663",
    "9" * 20,
    "",
    "true",
    "null",
    " 1",
    "+1",
    "1\0",
    "0x1",
)
VALUES: tuple[Any, ...] = (
    *(
        "12",
        12.9,
        12.0,
        -0.0,
        1e300,
        True,
        False,
        None,
        10**30,
        -(10**30),
        2**63,
        2**63 - 1,
        -(2**63),
        2**53,
        -1,
        0,
        1,
    ),
    *("", " ", "a\0b", "\u0007", "\ud800", "=1+1", "@SUM(A1)", "-1", "\u202etxt", "a\u200bb", "\u2028", "\ufeff"),
    *(
        "\U0001f687",
        "e\u0301",
        "x" * 5_000,
        "9" * 5_000,
        "{x}",
        "%s",
        "'; DROP TABLE voucher; --",
        "../../etc/passwd",
    ),
    *(
        "2026-11-20T10:00:00",
        "0001-01-01T00:00:00+08:00",
        "0001-01-01T00:00:00-08:00",
        "9999-12-31T23:59:59-08:00",
    ),
    *("9999-12-31T23:59:59+08:00", "2026-02-30T00:00:00Z", "2026-11-20T10:00:60Z", "2026-11-20T10:00:00+99:99"),
    *("1969-12-31T00:00:00Z", "0000-01-01T00:00:00Z", "0001-01-01", "9999-12-31", "2026-02-30", "1969-12-31"),
    *([], {}, [[]], [None], [1], ["x"], {"x": 1}, {"": ""}, ["x"] * 600, ANYBODYS_UUID, ANYBODYS_UUID.upper()),
    *(
        {"kty": "OKP", "crv": "Ed25519", "x": "A" * 43},
        {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43},
    ),
)
UNKNOWN = ("colour", "_schema", "__proto__", "", "a/b~c", "\0", "\u202e", "outcome", "x" * 2_000)
RAW_BODIES: tuple[bytes, ...] = (
    *(
        b"",
        b" ",
        b"{",
        b"}",
        b"null",
        b"1",
        b"[]",
        b'"x"',
        b"true",
        b"NaN",
        b"{}{}",
        b'{"a":1,"a":2}',
        b"\xff\xfe{}",
    ),
    *(
        b'{"phone":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"\\ud800"}',
        b"\xef\xbb\xbf{}",
        '{"a":1}'.encode("utf-16"),
    ),
    *(b"[" * 100_000, b'{"a":' * 2_000 + b"1" + b"}" * 2_000, b"a=1&b=2", b"<a/>", gzip.compress(b"{}", mtime=0)),
    *(b"{" + b" " * 1_048_576 + b"}", b'{"a":1e999999}', b'{"a":' + b"9" * 5_000 + b"}", b"\0", b"x" * 9_500_000),
)
TOKENS = (
    *(
        "",
        " ",
        "x",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer a.b.c",
        "Machine",
        "Machine a.b.c",
        "Machine \xff.\xfe",
    ),
    *("Basic dXNlcjpwYXNz", "Bearer " + "x" * 10_000, "Bearer " + "." * 5_000, "bearer\tx", "Digest x=y", "\xff"),
    *("Machine eyJhbGciOiJub25lIn0.e30.", "Machine W10.e30.x", "Bearer " + "W1tb" * 900, "Negotiate"),
)
HEADERS: tuple[tuple[str, str], ...] = (
    *(
        ("Accept-Language", said)
        for said in ("en", "fr", "en-GB;q=0.9,zh;q=0.1", "*", ";;q", "en;q=x", "\xff", "")
    ),
    *(("Accept-Language", said) for said in ("en;q=0,zh-TW", "zh-Hans-CN", "x" * 5_000, "en," * 2_000, "EN-us")),
    *(
        ("Request-Id", said)
        for said in ("", "x", "x" * 65, "a b c d e f g", '"><script>', "\xff" * 9, "good-request")
    ),
    *(
        ("Content-Encoding", "gzip"),
        ("Accept", "text/html"),
        ("Accept", ""),
        ("Host", "evil.example"),
        ("Host", "a b"),
    ),
    *(("X-CSRF-Token", "x"), ("X-CSRF-Token", "\xff"), ("X-Forwarded-For", "1.2.3.4"), ("Range", "bytes=0-1")),
    *(
        ("Cookie", said)
        for said in ("tanhui_operator=x", "tanhui_operator=\xff", "tanhui_operator", ";;=;", "x" * 9_000)
    ),
    *(
        ("Content-Type", said)
        for said in ("", "text/plain", "application/json; charset=utf-16", "multipart/form-data")
    ),
    *(
        ("Content-Type", said)
        for said in ("application/x-www-form-urlencoded", "application/problem+json", "\xff/x")
    ),
    *(("If-None-Match", "*"), ("X-HTTP-Method-Override", "DELETE"), ("Transfer-Encoding", "chunked")),
)


@pytest.fixture
def town(app: Flask, context: Context) -> Town:
    return Town(app, context).build()


def place(town: Town, name: str) -> st.SearchStrategy[str]:
    known = quote(str(town.places.get(name, "1")), safe="")
    free = st.text(max_size=12).map(lambda text: quote(text, safe="", errors="surrogatepass"))
    return st.sampled_from(PLACES) | st.just(known) | free


@st.composite
def wrong_paths(draw: st.DrawFn, town: Town, operation: Operation) -> Asked:
    path = operation.path
    for name in operation.places:
        path = path.replace("{" + name + "}", draw(place(town, name)))
    if not operation.places:
        path += draw(st.sampled_from(["", "/", "//", "/%2e", "%00", ";x=1", "/..", "%"]))
    return Asked(operation, draw(st.sampled_from(operation.callers)), path, good_body(town, operation))


@st.composite
def wrong_queries(draw: st.DrawFn, town: Town, operation: Operation) -> Asked:
    made = st.lists(st.sampled_from(CURSOR_PARTS), max_size=3).map(encode_cursor)
    raw = st.sampled_from(RAW_CURSORS).map(
        lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    )
    loose = st.text(max_size=20) | st.sampled_from(["=", "A", "\0", "x" * 401, "\u202e"])
    pairs = st.one_of(
        st.tuples(st.just("after"), made | raw | loose),
        st.tuples(st.just("limit"), st.sampled_from(LIMITS)),
        st.tuples(st.sampled_from(["colour", "after[]", "_schema", "", "LIMIT", "a/b~c", "\0"]), loose),
    )
    query = urlencode(draw(st.lists(pairs, min_size=1, max_size=3)), errors="surrogatepass")
    query += draw(st.sampled_from(["", "", "", "&&", "&%", "&after=%ff", "&limit", "#x", "?", "&a=%00"]))
    path = good_path(town, operation)
    return Asked(
        operation, draw(st.sampled_from(operation.callers)), f"{path}?{query}", good_body(town, operation)
    )


@st.composite
def wrong_bodies(draw: st.DrawFn, town: Town, operation: Operation) -> Asked:
    caller = draw(st.sampled_from(operation.callers))
    if operation.body is None:
        body = draw(st.sampled_from(RAW_BODIES))
    else:
        spoilt = spoilt_bodies(town, operation).map(lambda value: json.dumps(value).encode())
        body = draw(st.one_of(spoilt, spoilt, spoilt, st.sampled_from(RAW_BODIES)))
    return Asked(operation, caller, good_path(town, operation), body)


@st.composite
def spoilt_bodies(draw: st.DrawFn, town: Town, operation: Operation) -> Any:  # noqa: ANN401 - any JSON value
    """A body that the schema describes, with one place spoilt."""
    assert operation.body is not None
    body = json.loads(json.dumps(town.sample(operation.body)))
    places = list(every_place(body))
    holder, key = draw(st.sampled_from(places))
    kind = draw(st.sampled_from(["other", "other", "other", "gone", "unknown"]))
    if kind == "gone":
        del holder[key]
    elif kind == "unknown" and isinstance(holder, dict):
        holder[draw(st.sampled_from(UNKNOWN))] = draw(st.sampled_from(VALUES))
    else:
        holder[key] = draw(
            st.sampled_from(VALUES) | st.text(max_size=20) | st.integers() | st.floats(allow_nan=False)
        )
    return body


def every_place(value: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - any JSON value
    """Return every container of ``value`` with every key of it."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [(value, key) for key in keys] + [inner for key in keys for inner in every_place(value[key])]


@st.composite
def wrong_headers(draw: st.DrawFn, town: Town, operation: Operation) -> Asked:
    tokens = st.tuples(st.just("Authorization"), st.sampled_from(TOKENS))
    some = draw(st.lists(st.sampled_from(HEADERS) | tokens, min_size=1, max_size=3))
    unsaid = frozenset(name for name, _ in some) | draw(st.sampled_from([frozenset(), {"Authorization"}]))
    caller = draw(st.sampled_from(operation.callers))
    return Asked(
        operation, caller, good_path(town, operation), good_body(town, operation), tuple(some), frozenset(unsaid)
    )


def good_path(town: Town, operation: Operation) -> str:
    return operation.path.format(**{name: quote(str(town.places[name]), safe="") for name in operation.places})


def good_body(town: Town, operation: Operation) -> bytes:
    if operation.path.endswith("/parts/{part_no}"):
        return FILE
    return b"" if operation.body is None else json.dumps(town.sample(operation.body)).encode()


THEMES: dict[str, Callable[[Town, Operation], Strategy]] = {
    "paths": wrong_paths,
    "queries": wrong_queries,
    "bodies": wrong_bodies,
    "headers": wrong_headers,
}


def explore(town: Town, theme: str, *, examples: int, same_each_time: bool) -> None:
    every = operations(town.app)
    requests = st.sampled_from(every).flatmap(lambda operation: THEMES[theme](town, operation))

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=same_each_time,
        suppress_health_check=list(HealthCheck),
    )
    @given(requests)
    def prove(asked: Asked) -> None:
        town.prove(asked)

    prove()


@pytest.mark.parametrize("theme", THEMES)
def test_a_wrong_request_is_refused_in_good_form(theme: str, town: Town) -> None:
    explore(town, theme, examples=150, same_each_time=True)


@pytest.mark.long
@pytest.mark.parametrize("theme", THEMES)
def test_thousands_of_wrong_requests_are_refused_in_good_form(theme: str, town: Town) -> None:
    explore(town, theme, examples=1_000, same_each_time=False)


def every_path(town: Town, operation: Operation) -> Iterator[Asked]:
    for name in operation.places:
        known = {each: quote(str(town.places[each]), safe="") for each in operation.places}
        for wrong in PLACES:
            path = operation.path
            for each, value in {**known, name: wrong}.items():
                path = path.replace("{" + each + "}", value)
            yield Asked(operation, operation.callers[-1], path, good_body(town, operation))


def every_query(town: Town, operation: Operation) -> Iterator[Asked]:
    keys = [key for part in CURSOR_PARTS for key in ([part], [part, "1"], ["2026-11-19", part])]
    raw = [base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") for text in RAW_CURSORS]
    queries = [urlencode({"after": after}) for after in [*map(encode_cursor, keys), *raw]]
    queries += [urlencode({"limit": limit}) for limit in LIMITS]
    for query in queries if operation.verb == "GET" else ["colour=red"]:
        target = f"{good_path(town, operation)}?{query}"
        yield Asked(operation, operation.callers[-1], target, good_body(town, operation))


def every_body(town: Town, operation: Operation) -> Iterator[Asked]:
    bodies = list(RAW_BODIES)
    if operation.body is not None:
        good = town.sample(operation.body)
        for position in range(len(every_place(good))):
            for value in VALUES:
                body = json.loads(json.dumps(good))
                holder, key = every_place(body)[position]
                holder[key] = value
                bodies.append(json.dumps(body).encode())
        bodies += [json.dumps({**good, name: 1}).encode() for name in UNKNOWN]
    for content in bodies:
        yield Asked(operation, operation.callers[-1], good_path(town, operation), content)


@pytest.mark.long
@pytest.mark.parametrize("every", [every_path, every_query, every_body])
def test_every_wrong_value_in_every_place_is_refused_in_good_form(
    every: Callable[[Town, Operation], Iterator[Asked]], town: Town
) -> None:
    for operation in operations(town.app):
        for asked in every(town, operation):
            town.prove(asked)


def test_the_town_asks_well_when_it_asks_for_nothing_wrong(town: Town) -> None:
    """No sample is refused for its form or its caller, or the fuzz would only ever see the first door."""
    every = sorted(operations(town.app), key=lambda one: one.verb == "DELETE")
    answers = [
        town.answer(Asked(one, one.callers[-1], good_path(town, one), good_body(town, one))) for one in every
    ]
    refused = {world.code_of(answer)[1] for answer in answers if answer.status_code in {400, 401, 403, 415}}

    assert refused == {"SIGN_IN_FAILED", "CODE_INVALID", "REFRESH_TOKEN_INVALID"}
