"""Whether a text contains one of a server's words, or matches one of its patterns.

Patterns are written by people and run on the text of every order, so they are run by RE2, which reads a text once; it
has no constructs that need backtracking (look-arounds, back-references). The size of a pattern is limited too, because
its size times that of the text is the time it takes. RE2 is imported with the first rule: it takes 2 MB, and most
servers have none.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.messages import Count, Foreign, Message, msg
from bot.domain.moderation.normalise import readings
from bot.domain.moderation.rules import (
    LONGEST_LIST,
    LONGEST_PATTERN,
    LONGEST_WORD,
    MOST_PATTERNS,
    MOST_WORDS,
    BrokenRule,
    ModerationRules,
    RuleKind,
)

LARGEST_PATTERN = 256 * 1024  # bytes of a compiled pattern
MOST_STATES = 16_000  # for all patterns of a server: at worst half a second for the longest prompt
MOST_KEPT = 32  # servers whose compiled lists are cached; full ones take 3 MB each
# What is typed for a letter, so that "k1ll" is "kill". Only where a word of the list has that letter: to fold all texts
# so would make "all" of "ail".
TYPED_FOR = {
    "a": "a4@",
    "b": "b8",
    "e": "e3",
    "g": "g9",
    "i": "i1!|",
    "l": "l1|",
    "o": "o0",
    "s": "s5$",
    "t": "t7+",
    "z": "z2",
}
SPELT_OUT_FROM = 4  # letters of a word that is also found as "w.o.r.d": "a s" is no "as"
SIGNS = "@!|$+"  # of those: no letters, and yet typed for some
AS_ITSELF = "\\{}"  # a literal character in a pattern
BETWEEN = f"[ {''.join(map(AS_ITSELF.format, SIGNS))}]"  # words, once everything else between them is a space


class TextPattern(Protocol):
    """A compiled pattern. `programsize`: its states; times the text's length, that is the time it takes."""

    @property
    def programsize(self) -> int: ...

    def search(self, text: str) -> object | None: ...


@value_object(kw_only=False)
class Matchers:
    """A server's lists, compiled."""

    words: tuple[tuple[str, TextPattern], ...]
    patterns: tuple[tuple[str, TextPattern], ...]

    def broken_by(self, text: str) -> BrokenRule | None:
        """The first rule that a text violates."""
        read = readings(text).all
        spaced = tuple(map(_spaced, read))
        for kind, rules, texts in ((RuleKind.WORD, self.words, spaced), (RuleKind.PATTERN, self.patterns, read)):
            for rule, pattern in rules:
                if any(pattern.search(each) for each in texts):
                    return BrokenRule(kind=kind, rule=rule)
        return None


@lru_cache(maxsize=MOST_KEPT)
def matchers(words: tuple[str, ...], patterns: tuple[str, ...]) -> Matchers:
    """Cached for each list, because compiling takes a tenth of a millisecond per rule."""
    return Matchers(
        words=tuple((word, _compiled(word_pattern(word))) for word in words),
        patterns=tuple((pattern, _compiled(pattern)) for pattern in patterns),
    )


def matchers_of(rules: ModerationRules) -> Matchers:
    return matchers(rules.words, rules.patterns)


def word_pattern(word: str) -> str:
    """Finds a word or phrase as a whole, in either of its readings."""
    forms = [form for each in readings(word).all for form in _forms(_spaced(each))]
    return f"(?:^|{BETWEEN})(?:{'|'.join(forms)})(?:$|{BETWEEN})"


def _spaced(text: str) -> str:
    """With spaces for everything that is neither a letter nor a digit, nor typed in place of one."""
    return "".join(sign if sign.isalnum() or sign in SIGNS else " " for sign in text)


def _forms(word: str) -> Sequence[str]:
    parts = word.split()
    written = f"{BETWEEN}+".join(map(_typed, parts))
    if len(parts) != 1 or len(word) < SPELT_OUT_FROM or not word.isalpha():
        return [written]
    return [written, f"{BETWEEN}{{1,3}}".join(map(_letter, word))]


def _typed(part: str) -> str:
    """Its letters, including drawn-out ones: "fuuuck". Doubling doesn't count: "god" is not in "good"."""
    found, place = [], 0
    while place < len(part):
        same = len(part[place:]) - len(part[place:].lstrip(part[place]))
        letter = _letter(part[place])
        found.append(f"{letter}{{{same}}}(?:{letter}{{2,}})?" if part[place].isalpha() else letter * same)
        place += same
    return "".join(found)


def _letter(letter: str) -> str:
    return f"[{TYPED_FOR[letter]}]" if letter in TYPED_FOR else _literal(letter)


def _literal(sign: str) -> str:
    return AS_ITSELF.format(sign) if sign in SIGNS else sign


def _compiled(pattern: str) -> TextPattern:
    """Raises re2.error."""
    import re2  # noqa: PLC0415 - see above

    options = re2.Options()
    options.max_mem = LARGEST_PATTERN
    options.case_sensitive = False
    options.never_capture = True
    options.dot_nl = True
    options.log_errors = False
    compiled: TextPattern = re2.compile(pattern, options)
    return compiled


def read_words(text: str) -> tuple[str, ...]:
    """One per line. Raises BadRequest, and nothing is changed."""
    words = _lines(text)
    _check_list(words, MOST_WORDS, LONGEST_WORD)
    for word in words:
        if not _spaced(readings(word).plain).strip():
            raise BadRequest(msg("“{word}” has no letters to look for. Nothing was changed.", word=Foreign(word)))
    return words


def read_patterns(text: str) -> tuple[str, ...]:
    """One per line. Raises BadRequest, and nothing is changed."""
    patterns = _lines(text)
    _check_list(patterns, MOST_PATTERNS, LONGEST_PATTERN)
    if sum(_checked(pattern).programsize for pattern in patterns) > MOST_STATES:
        raise BadRequest(
            msg("Together these patterns are too large. Use smaller repeats, or fewer patterns. Nothing was changed.")
        )
    return patterns


def _lines(text: str) -> tuple[str, ...]:
    """Without empty lines and duplicates."""
    return tuple(dict.fromkeys(line for each in text.splitlines() if (line := each.strip())))


def _check_list(lines: Sequence[str], most: int, longest: int) -> None:
    if len(lines) > most:
        raise BadRequest(
            msg(
                "A list can have {most} lines, not {count}. Nothing was changed.",
                most=Count(most),
                count=Count(len(lines)),
            )
        )
    if long := next((line for line in lines if len(line) > longest), None):
        raise BadRequest(
            msg(
                "“{line}…” is longer than {longest} characters. Nothing was changed.",
                line=Foreign(long[:40]),
                longest=Count(longest),
            )
        )
    if sum(len(line) + 1 for line in lines) > LONGEST_LIST:
        raise BadRequest(msg("A list can have {most} characters. Nothing was changed.", most=Count(LONGEST_LIST)))


def _checked(pattern: str) -> TextPattern:
    import re2  # noqa: PLC0415 - see above

    try:
        compiled = _compiled(pattern)
    except re2.error as error:
        raise BadRequest(_not_taken(pattern, error)) from None
    if compiled.search("") is not None:
        raise BadRequest(
            msg(
                "The pattern “{pattern}” matches every prompt, even an empty one. Nothing was changed.",
                pattern=Foreign(pattern),
            )
        )
    return compiled


def _not_taken(pattern: str, error: Exception) -> Message:
    why = error.args[0] if error.args else b""
    words = why.decode(errors="replace") if isinstance(why, bytes) else str(why)
    return msg(
        "The pattern “{pattern}” can't be used: {why}. Look-arounds, back-references and very large repeats aren't "
        "taken, because they could run for too long. Nothing was changed.",
        pattern=Foreign(pattern),
        why=Foreign(words),
    )
