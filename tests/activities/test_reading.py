import gzip
import json
import zlib
from collections.abc import Iterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.activities.domain.columns import micro_degrees
from service.activities.domain.deciding import body_digests
from service.activities.domain.reading import FIELDS, Sheet, read_csv, read_header, read_ndjson
from service.activities.domain.reasons import LINE_REASONS, BrokenBatch
from service.activities.domain.rides import Rides, distance_sum, read_rides
from service.activities.domain.unpacking import LINE_BYTES_MAX, PIECE_BYTES, split_lines, unpack
from tests.activities.intake import csv_line, ride

junk = st.lists(
    st.one_of(
        st.binary(max_size=200).map(lambda line: line.replace(b"\n", b"")),
        st.text(st.sampled_from(',"=\\{}[]:0123456789.-+eE\u0000\u0007 中aZ'), max_size=60).map(
            lambda text: text.encode()
        ),
        st.lists(
            st.one_of(st.text(max_size=12), st.sampled_from(list(map(str, ride().values())))), max_size=14
        ).map(lambda cells: ",".join(cells).replace("\n", "").encode(errors="replace")),
        st.dictionaries(
            st.sampled_from(FIELDS),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
                lambda inner: st.lists(inner, max_size=3),
                max_leaves=3,
            ),
        ).map(lambda fields: json.dumps(fields).encode()),
    ),
    max_size=12,
)
nested = b"[" * 4_000


def code_of(broken: str, *, parts: list[bytes], compression: str = "gzip") -> None:
    with pytest.raises(BrokenBatch) as caught:
        list(unpack(parts, compression))

    assert caught.value.code == broken


def whole(sheet: Sheet, rides: Rides) -> list[int]:
    return sorted([*sheet.problems, *rides.places])


@given(junk)
def test_reading_never_raises_and_every_line_is_in_one_place(lines: list[bytes]) -> None:
    for sheet in (read_csv(lines, FIELDS), read_ndjson(lines)):
        rides = read_rides(sheet)
        distance_sum(sheet)

        assert whole(sheet, rides) == list(range(len(lines)))
        assert {problem.code for problem in [*sheet.problems.values(), *rides.problems.values()]} <= set(
            LINE_REASONS
        )


@given(st.binary(max_size=400), st.sampled_from(["none", "gzip"]))
def test_unpacking_arbitrary_bytes_gives_bytes_or_names_what_is_broken(content: bytes, compression: str) -> None:
    try:
        found = b"".join(unpack([content], compression))
    except BrokenBatch as broken:
        found = broken.code.encode()

    expected = {b"GZIP_BROKEN", b"GZIP_TRUNCATED"} if compression == "gzip" else {content}
    assert found in expected


@given(st.binary(max_size=3_000), st.integers(1, 400), st.integers(1, 9))
def test_a_gzip_file_unpacks_the_same_however_it_is_cut_into_parts(
    content: bytes, size: int, members: int
) -> None:
    step = max(1, -(-len(content) // members))
    packed = b"".join(
        gzip.compress(content[start : start + step]) for start in range(0, max(1, len(content)), step)
    )

    parts = [packed[start : start + size] for start in range(0, len(packed), size)]

    assert b"".join(unpack(parts, "gzip")) == content


@pytest.mark.parametrize("lost", [1, 4, 9, 30])
def test_a_gzip_file_that_ends_too_early_is_truncated(lost: int) -> None:
    code_of("GZIP_TRUNCATED", parts=[gzip.compress(b"a line\n" * 100)[:-lost]])


def test_a_gzip_file_with_a_wrong_checksum_or_rubbish_behind_it_is_broken() -> None:
    packed = bytearray(gzip.compress(b"a line\n" * 100))
    packed[-8] ^= 1

    code_of("GZIP_BROKEN", parts=[bytes(packed)])
    code_of("GZIP_BROKEN", parts=[gzip.compress(b"a line\n") + b"rubbish"])
    code_of("GZIP_BROKEN", parts=[zlib.compress(b"a line\n")])


def test_a_bomb_is_stopped_and_never_unpacked_as_a_whole() -> None:
    bomb = gzip.compress(b"\0" * 30_000_000)

    pieces = unpack([bomb], "gzip", bytes_max=1_000_000)
    sizes: list[int] = []
    with pytest.raises(BrokenBatch) as caught:
        sizes.extend(len(piece) for piece in pieces)

    assert caught.value.code == "UNPACKED_TOO_LARGE"
    assert len(bomb) < 100_000
    assert max([0, *sizes]) <= PIECE_BYTES


@given(
    st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=40),
    st.integers(1, 50),
    st.integers(1, 9),
)
def test_lines_are_the_same_however_the_pieces_fall(lines: list[bytes], size: int, group: int) -> None:
    content = b"".join(line + b"\n" for line in lines)
    pieces = [content[start : start + size] for start in range(0, len(content), size)]

    groups = list(split_lines(pieces, group))

    assert [line for each in groups for line in each] == lines
    assert all(len(each) == group for each in groups[:-1])


def test_a_line_of_ten_megabytes_is_never_held_and_spoils_only_itself() -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one\n"
        for _ in range(160):
            yield b"x" * 65_536
        yield b"\ntwo"

    (lines,) = split_lines(pieces(), 10)

    assert [len(line) > LINE_BYTES_MAX for line in lines] == [False, True, False]
    assert sum(map(len, lines)) < 100_000
    assert {place: problem.code for place, problem in read_ndjson(lines).problems.items()} == {
        0: "BAD_JSON",
        1: "LINE_TOO_LONG",
        2: "BAD_JSON",
    }


def test_csv_and_json_lines_of_one_record_say_the_same() -> None:
    one = ride(start_lng="102.7123456", start_lat="25.04", end_lng="-0.5", end_lat="0", vehicle_no='云A"12,3')
    utc = {**one, "started_at": "2026-11-19T00:01:00Z", "ended_at": "2026-11-19T00:13:00.000Z"}
    quoted = {**one, "vehicle_no": '"云A""12,3"'}
    columns = tuple(reversed(FIELDS))

    sheets = [
        read_csv([csv_line(quoted, FIELDS).encode()], FIELDS),
        read_csv([csv_line(quoted, columns).encode() + b"\r"], columns),
        read_ndjson([json.dumps(one, ensure_ascii=False).encode()]),
        read_ndjson([json.dumps({**utc, "start_lng": 102.7123456, "end_lng": -0.5}).encode()]),
    ]
    rides = [read_rides(sheet) for sheet in sheets]

    assert [(sheet.problems, one.problems) for sheet, one in zip(sheets, rides, strict=True)] == [({}, {})] * 4
    full = {body_digests(one, [0], lambda text: sha256(text.encode()).digest())[0] for one in rides}
    assert len(full) == 1
    assert (rides[0].start_lng_e6, rides[0].end_lng_e6, rides[0].vehicle_no) == (
        [102_712_345],
        [-500_000],
        ('云A"12,3',),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("102.712345", 102_712_345),
        ("102.7123459", 102_712_345),
        ("-0.000001", -1),
        ("25", 25_000_000),
        ("1e2", None),
        ("١", None),
        (" 1", None),
        ("1234", None),
        (".5", None),
        ("NaN", None),
    ],
)
def test_degrees_are_read_exactly_or_not_at_all(text: str, expected: int | None) -> None:
    assert micro_degrees(text) == expected


@pytest.mark.parametrize(
    ("line", "code", "pointer"),
    [
        (None, "HEADER_MISSING", "#"),
        (b"\xff\xfe", "HEADER_UNREADABLE", "#"),
        (b'"event_no', "HEADER_UNREADABLE", "#"),
        (b"event_no,color", "HEADER_UNKNOWN_COLUMN", "#"),
        (",".join([*FIELDS, "op"]).encode(), "HEADER_DUPLICATE_COLUMN", "#/op"),
        (",".join(FIELDS[1:]).encode(), "HEADER_MISSING_COLUMN", "#/event_no"),
        (b"", "HEADER_MISSING_COLUMN", "#/event_no"),
    ],
)
def test_a_header_that_is_not_the_declared_one_breaks_the_file(
    line: bytes | None, code: str, pointer: str
) -> None:
    with pytest.raises(BrokenBatch) as caught:
        read_header(line)

    assert (caught.value.code, caught.value.pointer) == (code, pointer)


def test_a_line_that_nests_without_end_is_no_json_object() -> None:
    assert read_ndjson([nested]).problems[0].code == "BAD_JSON"


def test_numbers_of_other_scripts_and_signs_are_no_whole_numbers() -> None:
    cells = ["12", "１２", "1_2", " 12", "+12", "12.0", "-12", "9" * 16, ""]
    lines = [csv_line(ride(distance_m=cell), FIELDS[:8]).encode() for cell in cells]

    sheet = read_csv(lines, FIELDS[:8])
    rides = read_rides(sheet)

    assert distance_sum(sheet) == 12 - 12
    assert [rides.problems[row].code if row in rides.problems else None for row in range(9)] == [
        None,
        "NOT_AN_INTEGER",
        "NOT_AN_INTEGER",
        "NOT_AN_INTEGER",
        "FORMULA_CELL",
        "NOT_AN_INTEGER",
        "OUT_OF_RANGE",
        "OUT_OF_RANGE",
        "MISSING_FIELD",
    ]


usual = st.fixed_dictionaries(
    {
        "event_no": st.sampled_from(["E-1", "x" * 64]),
        "started_at": st.sampled_from(
            ["2026-11-19T08:00:00+08:00", "2026-11-19T00:00:00.25Z", "1971-01-01T08:00:00+08:00"]
        ),
        "distance_m": st.sampled_from(["0", "007", "9999999"]),
        "start_lng": st.sampled_from(["", "102.7", "-180", "0.1234567"]),
        "start_lat": st.sampled_from(["", "25", "-0.5"]),
        "subject_token": st.sampled_from(["a", "居民", "x" * 128]),
        "vehicle_no": st.sampled_from(["", "B-1", "云A"]),
    }
)
odd = st.fixed_dictionaries(
    {},
    optional={
        "event_no": st.sampled_from(["", "-1", "x" * 65, "a b"]),
        "started_at": st.sampled_from(
            [
                "",
                "2026-11-19T08:00:00",
                "2026-13-19T08:00:00Z",
                "1970-12-31T08:00:00Z",
                "0001-01-01T00:00:00+08:00",
            ]
        ),
        "distance_m": st.sampled_from(["", "-1", "1.0", "10000001", "9" * 15]),
        "start_lng": st.sampled_from(["181", "1e1", "x"]),
        "start_lat": st.sampled_from(["-91", "--1"]),
        "subject_token": st.sampled_from(["", "=x", "x" * 129, "\u2028"]),
        "vehicle_no": st.sampled_from(["@x", "x" * 65]),
    },
)


@given(st.lists(st.one_of(usual, st.builds(lambda a, b: {**a, **b}, usual, odd)), min_size=1, max_size=6))
def test_a_column_at_once_and_cell_by_cell_read_the_same(changes: list[dict[str, str]]) -> None:
    rides = [{**ride(ended_at="2199-12-31T00:00:00Z"), **change} for change in changes]
    lines = [csv_line(one, FIELDS).encode() for one in rides]

    together = read_rides(read_csv(lines, FIELDS))
    single = [read_rides(read_csv([line], FIELDS)) for line in lines]

    assert together.problems == {row: one.problems[0] for row, one in enumerate(single) if one.problems}
    for name in ("started_us", "distance_m", "start_lng_e6", "start_lat_e6"):
        for row in together.sound():
            assert getattr(together, name)[row] == getattr(single[row], name)[0]
