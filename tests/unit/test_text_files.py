"""Text from any editor, shell and console is read alike."""

from __future__ import annotations

import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.texts.files import NotTextError, cleaned, decoded, is_one_line

TEXT = "KEY=schlüssel\nOTHER=1\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode("cp1252"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
    ],
    ids=[
        *("UTF-8", "UTF-8 with mark", "PowerShell 5", "UTF-16 BE", "UTF-32", "unmarked", "unmarked BE", "cp1252"),
        *("CRLF", "CR"),
    ],
)
def test_a_file_is_read_whatever_wrote_it(data: bytes) -> None:
    assert decoded(data) == TEXT


@pytest.mark.parametrize("data", [b"\x00\x01\x02", codecs.BOM_UTF16_LE + b"odd", b"\x81\x8d\xff"])
def test_what_is_no_text_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NotTextError):
        decoded(data)


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_said_to_be_none(data: bytes) -> None:
    with contextlib.suppress(NotTextError):
        assert "\r" not in decoded(data)


@pytest.mark.parametrize(
    "value", ["key ", "\tkey\r", '"key"', "'key'", "\ufeffkey", "\u201ckey\u201d", ' " key "\r\n', "key\u200b", "`key`"]
)
def test_a_value_loses_what_its_writer_did_not_mean(value: str) -> None:
    assert cleaned(value) == "key"


@pytest.mark.parametrize("value", ['"', "it's", 'a "b" c', "pass'word'"])
def test_quotes_that_belong_to_a_value_stay(value: str) -> None:
    assert cleaned(value) == value


@given(st.text(max_size=50))
def test_a_clean_value_has_no_blanks_around_it(text: str) -> None:
    assert cleaned(text) == cleaned(text).strip()


def test_what_cannot_be_seen_is_not_one_line() -> None:
    assert is_one_line("My Bot's Ordner – ü%20?#")
    assert not any(is_one_line(f"a{unseen}b") for unseen in ("\n", "\r", "\x1b", "\u200b", "\u202e", "\u2028", "\x00"))
