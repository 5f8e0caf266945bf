import json
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from service import identity
from service.core.clock import system_clock
from service.core.context import Context
from service.core.key_pairs import key_id_of, read_private_key, read_public_jwk
from service.core.opening import Opening
from service.core.signing import RequestLine, check_request_token, check_ticket
from service.signing_commands import bind_ticket, keygen, sign
from tests.clock import MovingClock
from tests.identity import world

PASSWORD = "correct horse battery"
SIGNING = (sign, keygen, bind_ticket)


@pytest.fixture
def run(context: Context) -> Callable[..., Result]:
    return runner(context)


def runner(context: Context) -> Callable[..., Result]:
    opened = identity.commands(lambda: Opening(context=lambda: context, checks=()))
    commands = {command.name: command for command in (*opened, *SIGNING)}

    def run(name: str, *arguments: str, typed: str | bytes | None = None) -> Result:
        return CliRunner().invoke(commands[name], list(arguments), input=typed)

    return run


@pytest.fixture
def key(tmp_path: Path, run: Callable[..., Result]) -> Path:
    path = tmp_path / "partner.pem"
    assert run("keygen", str(path)).exit_code == 0
    return path


def test_the_first_operator_is_made_by_hand(run: Callable[..., Result]) -> None:
    first = run("operator", "create", "chun", "--password-stdin", typed=f"{PASSWORD}\n")
    second = run("operator", "create", "cheng", "--password-stdin", typed=f"{PASSWORD}\n")

    assert (first.exit_code, first.output) == (0, "operator chun (system)\n")
    assert second.exit_code == 1
    assert second.output.startswith("Error: OPERATOR_EXISTS: 首个账号只能在没有账号时创建。 / The first operator")


def test_a_password_is_asked_for_twice_and_never_shown(run: Callable[..., Result]) -> None:
    made = run("operator", "create", "chun", typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert made.exit_code == 0
    assert PASSWORD not in made.output


def test_a_weak_password_is_explained(run: Callable[..., Result]) -> None:
    refused = run("operator", "create", "chun", "--password-stdin", typed="short\n")

    assert (refused.exit_code, refused.output.split(":")[1]) == (1, " PASSWORD_TOO_WEAK")


def test_a_developer_reads_the_codes(context: Context, run: Callable[..., Result]) -> None:
    one, two = (world.sent_code(context, world.phone_number(n)) for n in (1, 2))

    every = run("dev", "codes")
    newest = run("dev", "codes", "--limit", "1")
    his = run("dev", "codes", "138 0000 0001")

    end = "2026-11-20T10:05:00+08:00"
    lines = {f"+8613800000001 {one} {end}", f"+8613800000002 {two} {end}"}
    assert set(every.output.splitlines()) == lines
    assert len(newest.output.splitlines()) == 1
    assert his.output == f"+8613800000001 {one} {end}\n"


def test_codes_are_not_readable_in_production(context: Context) -> None:
    refused = runner(replace(context, development=False))("dev", "codes")

    assert (refused.exit_code, refused.output) == (1, "Error: codes can be read in development mode only\n")


def test_a_new_key_is_its_owner_s_only_and_its_public_half_is_printed(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    path = tmp_path / "partner.pem"

    made = run("keygen", str(path))

    public = read_private_key(path.read_bytes()).public_key()
    jwk = json.loads(made.output)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_public_jwk(jwk) == public
    assert jwk["kid"] == key_id_of(public)


def test_a_key_is_never_overwritten(key: Path, run: Callable[..., Result]) -> None:
    before = key.read_bytes()

    again = run("keygen", str(key))

    assert (again.exit_code, key.read_bytes()) == (1, before)


def test_a_printed_header_signs_the_request(tmp_path: Path, key: Path, run: Callable[..., Result]) -> None:
    (tmp_path / "body.json").write_bytes(b'{"a":1}')

    from_file = run("sign", "post", "/v1/x?a=1", str(tmp_path / "body.json"), "--key", str(key))
    from_input = run("sign", "POST", "/v1/x?a=1", "-", "--key", str(key), typed=b'{"a":1}')
    of_nothing = run("sign", "GET", "/v1/x", "--key", str(key))

    public, now = read_private_key(key.read_bytes()).public_key(), system_clock()()
    for printed, line, body in (
        (from_file, RequestLine("POST", "/v1/x", "a=1"), b'{"a":1}'),
        (from_input, RequestLine("POST", "/v1/x", "a=1"), b'{"a":1}'),
        (of_nothing, RequestLine("GET", "/v1/x", ""), b""),
    ):
        assert printed.output.startswith("Authorization: Machine ey")
        token = printed.output.removeprefix("Authorization: Machine ").rstrip("\n")
        check_request_token(token, public, line, now=now).check_body(body)


def test_a_printed_header_opens_the_door(
    context: Context, clock: MovingClock, door: Flask, key: Path, run: Callable[..., Result]
) -> None:
    clock.set(system_clock()())
    partner = world.machine(door, context)
    partner.key = read_private_key(key.read_bytes())
    with context.open_session() as session:
        identity.register_machine(session, "partner", 7, partner.jwk, context.now())
        session.commit()

    name, _, value = run("sign", "GET", "/partner/1?a=1", "--key", str(key)).output.rstrip("\n").partition(": ")
    clock.advance(seconds=1)
    answer = partner.client.get("/partner/1?a=1", headers={name: value})

    assert (answer.status_code, world.said(answer)["machine_id"]) == (200, 7)


def test_a_printed_ticket_proves_its_subject(key: Path, run: Callable[..., Result]) -> None:
    printed = run("bind-ticket", "rider-7", "--key", str(key)).output

    public = read_private_key(key.read_bytes()).public_key()
    assert check_ticket(printed.strip(), public, now=system_clock()()).subject_token == "rider-7"


def test_signing_opens_no_database_and_does_not_even_load_one(key: Path) -> None:
    run_it = "import sys; from service.cli import main; main(standalone_mode=False)"
    code = f"{run_it}; print('sqlalchemy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code, "sign", "GET", "/v1/x", "--key", str(key)],
        capture_output=True,
        text=True,
        check=True,
    )

    header, loaded = done.stdout.splitlines()
    assert header.startswith("Authorization: Machine ")
    assert loaded == "False"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("sign", "GET", "v1/x"), "PATH starts with a slash"),
        (("sign", "GET", "https://example.org/v1/x"), "PATH starts with a slash"),
    ],
)
def test_a_path_that_cannot_be_signed_is_explained(
    key: Path, run: Callable[..., Result], arguments: tuple[str, ...], complaint: str
) -> None:
    refused = run(*arguments, "--key", str(key))

    assert (refused.exit_code, complaint in refused.output) == (2, True)


def test_a_key_cannot_be_written_where_there_is_no_folder(tmp_path: Path, run: Callable[..., Result]) -> None:
    refused = run("keygen", str(tmp_path / "missing" / "partner.pem"))

    assert (refused.exit_code, "No such file" in refused.output) == (1, True)


def test_a_misspelt_setting_stops_a_signature(
    key: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TANHUI_CLOCK_OFSET_S", "1")

    refused = run("sign", "GET", "/v1/x", "--key", str(key))

    assert (refused.exit_code, "TANHUI_CLOCK_OFSET_S" in refused.output) == (1, True)


def test_a_phone_that_is_none_is_explained(run: Callable[..., Result]) -> None:
    assert run("dev", "codes", "12345").output.startswith("Error: PHONE_UNUSABLE: ")


def test_a_file_that_is_no_key_is_explained(tmp_path: Path, run: Callable[..., Result]) -> None:
    (tmp_path / "x.pem").write_text("not a key")

    for name in ("x.pem", "missing.pem"):
        refused = run("sign", "GET", "/v1/x", "--key", str(tmp_path / name))
        assert (refused.exit_code, name in refused.output) == (1, True)
