"""Texts without what must not be seen: our own secrets, and what has the shape of a key wherever it came from.

Foreign texts go through `redacted` before they are stored or shown; the log and the doctor's report do too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, unquote, urlsplit

BLOT = "[secret]"
SHORTEST_SECRET = 8  # characters; a server of one's own takes any word as its key, and "none" is no secret
PASSWORDS = frozenset({"password", "passwd", "pwd", "pass", "passfile", "sslpassword"})
# Parameters that open something, of S3, Google, CloudFront, Azure, Discord and many services. Azure's se, sp and the
# like are no secrets, but tell how its sig was made.
PARAMETERS = (
    r"hm|sig|signature|(?:access|auth|id|refresh|session)?[-_]?token|(?:api|access|secret)?[-_]?key"
    r"|x-(?:amz|goog)-[a-z-]+|awsaccesskeyid|googleaccessid|policy|key-pair-id|s[eprvt]|sk[a-z]{1,3}"
    r"|(?:client[-_]?)?secret|pass(?:word|wd|file)?|pwd|sslpassword|auth(?:orization)?"
)
# A JSON web token, with what stands before it in its word. Each word is looked through once: tried from each `eyJ` in
# it on, a long one that a host made for that would take hours.
WEB_TOKEN = re.compile(r"(?<![\w-])((?>(?:[\w-]*?-)??(?=eyJ)))(?>eyJ[\w-]{8,})\.[\w-]{8,}(?:\.[\w-]*)?")
SHAPES = (
    # Interaction and webhook addresses hold a token that answers in somebody's name.
    (re.compile(r"(/(?:interactions|webhooks)/\d+/)[\w.-]+"), rf"\1{BLOT}"),
    (re.compile(rf"((?:[?&;]|%3F|%26|&amp;)(?:{PARAMETERS})(?:=|%3D))[^&\s\"'<>]+", re.IGNORECASE), rf"\1{BLOT}"),
    (re.compile(r"(://[^/\s:@]*:)(?!\*+@)[^/\s@]+(?=@)"), rf"\1{BLOT}"),
    (re.compile(r"\b((?:Bearer|Bot|Basic) )(?=\S*\d|\S{20})[\w.~+/=-]{8,}"), rf"\1{BLOT}"),
    (re.compile(r"(Authorization\W{1,4}(?:[a-z]+ )?)[\w.~+/=:-]{4,}", re.IGNORECASE), rf"\1{BLOT}"),
    # As services begin their keys; some show them with stars in the middle.
    (re.compile(r"\b(?:sk|pk|rk|gsk|pplx|xai|fal|hf|r8|ghp|gho|glpat|whsec)[-_][\w*-]{8,}", re.IGNORECASE), BLOT),
    (re.compile(r"\bAIza[\w*-]{16,}|\bya29\.[\w.-]{16,}|\bA(?:KIA|SIA|Q\.)[\w*.-]{16,}"), BLOT),
    (WEB_TOKEN, rf"\1{BLOT}"),
    (re.compile(r"\b[MNO][\w-]{20,30}\.[\w-]{6}\.[\w-]{27,}"), BLOT),  # a bot's token of Discord
)


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without these secrets, and without what would open something in the addresses and headers it names."""
    for secret in _forms(secrets):
        text = text.replace(secret, BLOT)
    for shape, instead in SHAPES:
        text = shape.sub(instead, text)
    return text


def passwords_in(url: str) -> list[str]:
    """The passwords in a database's address, before its host and after its `?`, as written and as meant."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    written = [value for name, value in _pairs(parts.query) if name.lower() in PASSWORDS]
    found = [parts.password or "", *written]
    return [form for each in found if each for form in dict.fromkeys((each, unquote(each)))]


def _pairs(query: str) -> list[tuple[str, str]]:
    """Names and values as they are written: not decoded."""
    pairs = (pair.partition("=") for pair in query.split("&"))
    return [(name, value) for name, _, value in pairs]


def _forms(secrets: Iterable[str]) -> list[str]:
    """As they are and as addresses carry them, the longest first: one may be a part of another."""
    forms = {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in (secret, quote(secret, safe=""))}
    return sorted(forms, key=len, reverse=True)
