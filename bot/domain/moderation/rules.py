"""What a server's managers forbid in orders: words, patterns, and findings of the moderation model."""

from __future__ import annotations

from enum import StrEnum

from bot.data_classes import value_object

MOST_WORDS = 200
LONGEST_WORD = 60  # characters
MOST_PATTERNS = 40
LONGEST_PATTERN = 200
LONGEST_LIST = 4000  # characters of all its lines: a list is edited as one text, and a form of Discord takes no more
MOST_APPEALS = 10  # per member and day


class Topic(StrEnum):
    """What the moderation model looks for, as the first word of its categories has it."""

    SEXUAL = "sexual"
    VIOLENCE = "violence"
    HATE = "hate"
    HARASSMENT = "harassment"
    SELF_HARM = "self-harm"
    ILLICIT = "illicit"


ALWAYS_REFUSED = "sexual/minors"  # by its category, whenever the model is asked at all


class Strictness(StrEnum):
    """How certain the model has to be."""

    LENIENT = "lenient"
    USUAL = "usual"  # as the model itself decides
    STRICT = "strict"


SURE_FROM = {Strictness.LENIENT: 0.8, Strictness.STRICT: 0.2}  # its score, from 0 to 1


@value_object
class ModelRules:
    """Whether the moderation model is asked about a server's orders, and which findings are refused."""

    asked: bool = False
    topics: tuple[Topic, ...] = tuple(Topic)
    strictness: Strictness = Strictness.USUAL


@value_object
class ModerationRules:
    """All rules of a server. Words and patterns are stored as they were written."""

    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    model: ModelRules = ModelRules()
    appeals_a_day: int = 1  # of one member


NO_RULES = ModerationRules()


class WhenDown(StrEnum):
    """What happens to orders while the moderation model does not answer."""

    ALLOW = "allow"
    REFUSE = "refuse"


class RuleKind(StrEnum):
    """What kind of rule refused an order."""

    WORD = "word"
    PATTERN = "pattern"
    MODEL = "model"
    UNCHECKED = "unchecked"  # the moderation model did not answer, and the host lets nothing pass unchecked


@value_object
class BrokenRule:
    """Which rule an order violates: the word, the pattern, or the model's categories."""

    kind: RuleKind
    rule: str = ""
