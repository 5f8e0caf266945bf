import os

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from service.core.keyring import Keyring

KEYRING = Keyring(b"k" * 32, os.urandom)


@given(st.binary(max_size=200))
def test_what_is_sealed_can_be_opened_for_the_same_purpose_only(content: bytes) -> None:
    box = KEYRING.seal("phone", content)

    assert KEYRING.open("phone", box) == content
    with pytest.raises(InvalidTag):
        KEYRING.open("name", box)


@given(st.binary(min_size=1, max_size=50), st.data())
def test_a_changed_box_does_not_open(content: bytes, data: st.DataObject) -> None:
    box = bytearray(KEYRING.seal("phone", content))
    place = data.draw(st.integers(0, len(box) - 1))
    box[place] ^= data.draw(st.integers(1, 255))

    with pytest.raises(InvalidTag):
        KEYRING.open("phone", bytes(box))


def test_a_hash_depends_on_purpose_and_master_secret() -> None:
    other = Keyring(b"o" * 32, os.urandom)

    hashes = {KEYRING.hash("a", "x"), KEYRING.hash("b", "x"), other.hash("a", "x"), KEYRING.hash("a", "y")}

    assert len(hashes) == 4
    assert KEYRING.hash("a", "x") == KEYRING.hash("a", "x")


def test_a_short_master_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32 bytes"):
        Keyring(b"short", os.urandom)
