"""Types of settings beyond pydantic's own: read as people write them, refused with a reason."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, SecretStr, ValidationInfo

from bot.config.environment import at_home, leading_somewhere
from bot.config.quoted import quoted
from bot.domain.money.amounts import read_number, read_usd
from bot.domain.network.web_addresses import is_web_address

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
OTHER_LEVELS = {"TRACE": "DEBUG", "WARN": "WARNING", "CRITICAL": "ERROR", "FATAL": "ERROR"}
LARGEST_AMOUNT = Decimal(999_999_999)  # dollars
MOST_SHARDS = 10_000
LONGEST_URL = 300  # characters
UNITS = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}
SMALLEST_STORE = 2**30  # bytes; less would be full after a few videos
LARGEST_STORE = 2**60  # bytes; databases count to 2**63
LONGEST_WAIT = 24 * 60 * 60  # seconds
MOST_AT_ONCE = 10**9  # more than people write when they mean no limit; databases count to 2**31
MOST_MEGABYTES = 2**40  # as LARGEST_STORE

T = TypeVar("T")


def _address(text: str) -> str:
    if not is_web_address(text, {"http", "https", "ws", "wss"}):
        raise ValueError(f"{quoted(text)} is not a web address")
    return text


def _token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\x21-\x7e]+", token.get_secret_value().strip()):
        raise ValueError("it has a space or a character that no token has; copy it again")
    return token


def _dollars(text: object) -> str:
    amount = read_usd(str(text))
    if not 0 <= amount <= LARGEST_AMOUNT:
        raise ValueError(f"it has to be between 0 and {LARGEST_AMOUNT:,} dollars")
    if amount != round(amount, 6):
        raise ValueError("it has more than six digits after the point")
    return f"{amount:f}"


def _number(text: object) -> Decimal:
    return read_number(str(text))


def _small(word: object) -> object:
    return word.lower() if isinstance(word, str) else word


def _level(text: object) -> str:
    level = OTHER_LEVELS.get(str(text).upper(), str(text).upper())
    if level not in LEVELS:
        raise ValueError("it has to be DEBUG, INFO, WARNING or ERROR")
    return level


def _shards(text: object) -> object:
    if not isinstance(text, str):
        return text
    ids = set[int]()
    for part in filter(None, (each.strip() for each in text.split(","))):
        found = re.fullmatch(r"(\d{1,5})(?:\s*-\s*(\d{1,5}))?", part)
        if found is None:
            raise ValueError(f"{quoted(part)} is not a shard; write numbers such as 0,1 or 0-3")
        first, last = int(found[1]), int(found[2] or found[1])
        if first > last or last >= MOST_SHARDS:
            raise ValueError(f"{quoted(part)} has no shards")
        ids |= set(range(first, last + 1))
    if not ids:
        raise ValueError("it names no shard")
    return tuple(sorted(ids))


def _are_there(ids: tuple[int, ...], known: ValidationInfo) -> tuple[int, ...]:
    count = known.data.get("shard_count")  # None if that is wrong itself
    if count is not None and max(ids) >= count:
        raise ValueError(f"with SHARD_COUNT={count} the last shard is {count - 1}, not {max(ids)}")
    return ids


def _page(url: str) -> str:
    if not _is_plain_page(url):
        raise ValueError("it has to be an address like https://videos.example.org, without ? and #")
    return url


def _is_plain_page(url: str) -> bool:
    return is_web_address(url, {"http", "https"}) and len(url) <= LONGEST_URL and not re.search(r"[?#]", url)


def _storage_bytes(text: object) -> int:
    """As people write it, and as Kinora and Discord show it: 1 GB is 1024 MB."""
    match = re.fullmatch(r"(.*?)\s*([kmgt]?)(?:i?b)?", str(text).strip().lower(), re.DOTALL)
    number, unit = match.groups() if match else ("", "")
    try:
        size = int(read_number(number) * UNITS[unit])
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a size such as 50 GB") from None
    if size < SMALLEST_STORE:
        raise ValueError("it has to be at least 1 GB, such as 50 GB")
    if size > LARGEST_STORE:
        raise ValueError("it has to be less than a million TB")
    return size


ShardIds = Annotated[tuple[int, ...], BeforeValidator(_shards), AfterValidator(_are_there)]
Address = Annotated[str, AfterValidator(_address)]
Token = Annotated[SecretStr, AfterValidator(_token)]
Dollars = Annotated[str, BeforeValidator(_dollars)]
StorageBytes = Annotated[int, BeforeValidator(_storage_bytes)]
Number = Annotated[float, BeforeValidator(_number)]
InAnyCase = Annotated[T, BeforeValidator(_small)]  # its values are in lower case
Level = Annotated[str, BeforeValidator(_level)]
Page = Annotated[str, AfterValidator(_page)]
LocalPath = Annotated[Path, AfterValidator(at_home), AfterValidator(leading_somewhere)]  # may begin with ~
