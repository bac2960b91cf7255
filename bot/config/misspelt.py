"""Names in the environment and in `.env` that are not settings: reported, but never fatal."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from bot.config.environment import ENV_FILE, FILE_SUFFIX, environment, written_in

ALIKE = 0.86  # of difflib's ratio; DATABASE_URI is a slip
ALIKE_IN_ENV_FILE = 0.7  # more tolerant, for this file was written for Kinora
PREFIXES = ("DISCORD_", "GUILD_", "MEMBER_")  # of names in the environment that are probably meant for Kinora
OWN_PREFIX = "KINORA_"  # a prefix that people expect
OTHER_NAMES = {  # what other programs call the same settings
    "BOT_TOKEN": "DISCORD_TOKEN",
    "TOKEN": "DISCORD_TOKEN",
    "GOOGLE_API_KEY": "GEMINI_API_KEY",
    "GROK_API_KEY": "XAI_API_KEY",
    "OPENAI_API_BASE": "OPENAI_BASE_URL",
}
# Read by Docker Compose (the last two for compose.scale.yaml), by libraries and by the system, some from the same file.
FOREIGN = re.compile(
    r"(COMPOSE|DOCKER|PYTHON|PIP|POSTGRES|PG|LC)(_.*)?|PG[A-Z]+|PYTHON[A-Z0-9]+|(HTTP|HTTPS|ALL|NO|FTP)_PROXY"
    r"|TZ|LANG|PATH|HOME|P?UID|P?GID|SSL_CERT_(FILE|DIR)|DB_PASSWORD|STORE_SECRET"
)


def misspelt(known: Iterable[str], used: Collection[str] = ()) -> Sequence[str]:
    """A sentence for each name that was probably meant to be a setting.

    In `.env` that is every unknown name; the environment is shared with other programs, so only names that look like
    ours count. `used` are names that other parts of Kinora read.
    """
    names = sorted(form for name in known for form in (name, name + FILE_SUFFIX))
    written = set(written_in(ENV_FILE)) if ENV_FILE.is_file() else set()  # a pipe can only be read once
    strange = {name for name in written | set(environment()) if not FOREIGN.fullmatch(name)} - {*names, *used}
    said = [_of_file(name, names) if name in written else _of_environment(name, names) for name in sorted(strange)]
    return [sentence for sentence in said if sentence]


def _of_file(name: str, names: Sequence[str]) -> str:
    meant = OTHER_NAMES.get(name) or _nearest(name, names, ALIKE_IN_ENV_FILE)
    return _sentence(name, meant)


def _of_environment(name: str, names: Sequence[str]) -> str:
    meant = _nearest(name, names, ALIKE)
    return _sentence(name, meant) if meant or name.startswith(PREFIXES) else ""


def _nearest(name: str, names: Sequence[str], alike: float) -> str | None:
    return next(iter(get_close_matches(name.removeprefix(OWN_PREFIX), names, n=1, cutoff=alike)), None)


def _sentence(name: str, meant: str | None) -> str:
    return f"{name} is not a setting; did you mean {meant}?" if meant else f"{name} is not a setting."
