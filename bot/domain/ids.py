"""The one id a video has: short enough to say aloud, safe to type, unique in the database.

Six letters or digits without look-alikes (no 0 O 1 I L U), stored as `K7Q4FD` and shown as `K7Q-4FD`.
30 ** 6 is about 729 million; the store draws again when one is taken.
"""

from __future__ import annotations

import re
from typing import NewType
from unicodedata import normalize

JobId = NewType("JobId", str)

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 6
PATTERN = f"[{ALPHABET}]{{{LENGTH}}}"


def new_id() -> JobId:
    import secrets  # noqa: PLC0415 - media processes make no ids, and start sooner without what this loads

    return JobId("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def number_of(job_id: JobId) -> int:
    """Below 30 ** 6, and no other id has it. Raises ValueError if it is no id."""
    number = 0
    for letter in job_id:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    return number


def shown(job_id: JobId) -> str:
    return f"{job_id[:3]}-{job_id[3:]}"


def typed(text: str) -> JobId | None:
    """What a person typed as an id, or None.

    Case, width, spaces, dashes, a # and invisible characters do not matter.
    """
    letters = re.sub(r"\W", "", normalize("NFKC", text)).upper()
    return JobId(letters) if re.fullmatch(PATTERN, letters) else None
