"""From stored parts to lines, in bounded memory whatever the file holds."""

import zlib
from collections.abc import Iterable, Iterator

from service.activities.domain.reasons import BrokenBatch

PIECE_BYTES = 256 * 1024
"""The most that is unpacked at a time; a bomb fills no more than this."""

UNPACKED_BYTES_MAX = 1024**3
"""The most one batch may unpack to."""

LINE_BYTES_MAX = 4 * 1024
"""The longest line that is read; a longer one is refused without being kept."""

_GZIP_ONLY = 16 + zlib.MAX_WBITS


def unpack(parts: Iterable[bytes], compression: str, *, bytes_max: int = UNPACKED_BYTES_MAX) -> Iterator[bytes]:
    """Yield the file's content in pieces of at most :data:`PIECE_BYTES`.

    Raises:
        BrokenBatch: The gzip file is truncated or broken, or the content is larger than ``bytes_max``.
    """
    total = 0
    for piece in _gunzip(parts) if compression == "gzip" else _slice(parts):
        total += len(piece)
        if total > bytes_max:
            code = "UNPACKED_TOO_LARGE"
            raise BrokenBatch(code)
        yield piece


def _slice(parts: Iterable[bytes]) -> Iterator[bytes]:
    for part in parts:
        for start in range(0, len(part), PIECE_BYTES):
            yield part[start : start + PIECE_BYTES]


def _gunzip(parts: Iterable[bytes]) -> Iterator[bytes]:
    engine = zlib.decompressobj(_GZIP_ONLY)
    try:
        for part in _slice(parts):
            data = part
            while data:
                if engine.eof:  # A gzip file may have several members (RFC 1952, 2.2).
                    engine = zlib.decompressobj(_GZIP_ONLY)
                yield engine.decompress(data, PIECE_BYTES)
                data = engine.unused_data if engine.eof else engine.unconsumed_tail
        yield engine.flush()
    except zlib.error as fault:
        code = "GZIP_BROKEN"
        raise BrokenBatch(code) from fault
    if not engine.eof:
        code = "GZIP_TRUNCATED"
        raise BrokenBatch(code)


def split_lines(pieces: Iterable[bytes], lines_max: int) -> Iterator[list[bytes]]:
    """Yield the lines in groups of ``lines_max`` (the last may be smaller), without their line feeds.

    A line longer than :data:`LINE_BYTES_MAX` is cut but stays longer than the limit, so it is still recognised.
    """
    held: list[bytes] = []
    rest = b""
    for piece in pieces:
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()[: LINE_BYTES_MAX + 1]
        held += lines
        start = 0
        while len(held) - start >= lines_max:
            yield held[start : start + lines_max]
            start += lines_max
        held = held[start:]
    if rest:
        held.append(rest)
    for start in range(0, len(held), lines_max):
        yield held[start : start + lines_max]


BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def strip_mark(groups: Iterable[list[bytes]]) -> Iterator[list[bytes]]:
    """Yield the groups without the byte order mark that spreadsheets put in front of UTF-8."""
    first = True
    for group in groups:
        if first:
            group[0] = group[0].removeprefix(BYTE_ORDER_MARK)
            first = False
        yield group
