r"""Prompts with choices in braces: "a {red,blue} fox" is two prompts, one for each choice; several braces multiply.

A backslash keeps what follows it as it is written: `\{`, `\}` and `\,`. Braces without a comma, those that are not
closed, and those that begin with a quote (as JSON does) are text. Of nested braces only the innermost are choices.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence

from bot.domain.errors import BadRequest
from bot.domain.messages import Count, Term, msg
from bot.domain.studio.batches import LARGEST_BATCH

PIECE = r"(?:\\.|[^{},\\])"  # a sign, or one that is kept by a backslash
CHOICES = re.compile(rf"(?s)(?<!\\)\{{(?!\s*[\"'“])({PIECE}*(?:,{PIECE}*)+)\}}")
COMMA = re.compile(r"(?<!\\),")
KEPT = re.compile(r"\\([{},])")


def prompts_of(written: str) -> Sequence[str]:
    """All that are meant, each once, in their order; one where there is no choice.

    Raises BadRequest when they are more than can be ordered at once.
    """
    parts = [_choices(part, number) for number, part in enumerate(CHOICES.split(written))]
    count = math.prod(map(len, parts))
    if count > LARGEST_BATCH:
        raise BadRequest(
            msg(
                "The choices in braces make {count} videos, and one order can have up to {most}. Write fewer, or put "
                "a backslash before a brace that is only a brace: {example}. You weren't charged.",
                count=Count(count),
                most=Count(LARGEST_BATCH),
                example=Term(r"`\{`"),
            )
        )
    if count == 1:
        return ["".join(choice for (choice,) in parts)]
    meant = dict.fromkeys(_tidied("".join(chosen)) for chosen in itertools.product(*parts))
    return [prompt for prompt in meant if prompt] or [written]


def _tidied(prompt: str) -> str:
    """Without the second space that an empty choice leaves."""
    return re.sub(" {2,}", " ", prompt).strip()


def _choices(part: str, number: int) -> Sequence[str]:
    """Of what is between braces, which is every second part; the text around it is one choice."""
    choices = COMMA.split(part) if number % 2 else [part]
    return [KEPT.sub(r"\1", choice) for choice in choices]
