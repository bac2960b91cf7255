"""The forms of moderation: lists as one text, the model, blocking a member, and an appeal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord
from discord.ui import CheckboxGroup, Label, Select, TextInput, UserSelect

from bot.domain.errors import BadRequest
from bot.domain.messages import Message
from bot.domain.moderation.appeals import LONGEST_APPEAL
from bot.domain.moderation.blocks import LONGEST_REASON
from bot.domain.moderation.rules import LONGEST_LIST, ModelRules, Strictness, Topic
from bot.jobs.use_cases.moderation.rules import TOPICS
from bot.ui.dialogs.forms import PROMPT, Form, chosen_in, labelled
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.moderation import screening as phrases
from bot.ui.text.render import plain_text

ALL = "all"  # what a form is about if nothing in particular
BLOCK_REFUSED, APPEAL = "block-refused", "appeal"  # verbs of forms that are not on the page
MEMBER, UNTIL, REASON, STRICTNESS, TOPICS_FIELD = "member", "until", "reason", "strictness", "topics"
OFF = "off"
LONGEST_DATE = 40


def words(verb: str, written: str) -> Form:
    return Form(
        verb, ALL, phrases.WORDS_TITLE, _paragraph(phrases.ONE_A_LINE, phrases.WORDS_HINT, written, required=False)
    )


def patterns(verb: str, written: str) -> Form:
    return Form(
        verb,
        ALL,
        phrases.PATTERNS_TITLE,
        _paragraph(phrases.PATTERNS_LABEL, phrases.PATTERNS_HINT, written, required=False),
    )


def trial(verb: str, written: str = "") -> Form:
    return Form(verb, ALL, phrases.TRY_TITLE, _paragraph(phrases.PROMPT, phrases.TRY_HINT, written))


def appeals(verb: str, written: str) -> Form:
    number: TextInput[Any] = TextInput(custom_id=PROMPT, default=written or None, max_length=3)
    return Form(verb, ALL, phrases.APPEALS_TITLE, labelled(phrases.APPEALS_LABEL, number, phrases.APPEALS_HINT))


def appeal(about: str, *, of_a_block: bool, written: str = "") -> Form:
    """The form of a member's appeal."""
    hint = phrases.APPEAL_BLOCK_HINT if of_a_block else phrases.APPEAL_HINT
    field = _paragraph(phrases.APPEAL_LABEL, hint, written, most=LONGEST_APPEAL)
    return Form(APPEAL, about, phrases.APPEAL_TITLE, field)


def model(verb: str, rules: ModelRules) -> Form:
    choices = [(OFF, phrases.MODEL_OFF), *((each.value, text) for each, text in phrases.STRICTNESS_CHOICES.items())]
    now = rules.strictness.value if rules.asked else OFF
    options = [
        discord.SelectOption(label=plain_text(text), value=value, default=value == now) for value, text in choices
    ]
    boxes = [
        discord.CheckboxGroupOption(label=plain_text(text), value=topic.value, default=topic in rules.topics)
        for topic, text in TOPICS.items()
    ]
    group: CheckboxGroup[Any] = CheckboxGroup(
        custom_id=TOPICS_FIELD, options=boxes, min_values=0, max_values=len(boxes), required=False
    )
    return Form(
        verb,
        ALL,
        phrases.MODEL_TITLE,
        labelled(phrases.STRICTNESS_LABEL, Select(custom_id=STRICTNESS, options=options)),
        labelled(phrases.TOPICS_LABEL, group, phrases.TOPICS_HINT),
    )


def block(verb: str, *, about: str = ALL) -> Form:
    """Asks whom to block, unless it is `about` a refused order."""
    until: TextInput[Any] = TextInput(custom_id=UNTIL, max_length=LONGEST_DATE, required=False)
    reason: TextInput[Any] = TextInput(custom_id=REASON, max_length=LONGEST_REASON, required=False)
    fields = [labelled(phrases.UNTIL, until, phrases.UNTIL_HINT), labelled(phrases.REASON, reason, phrases.REASON_HINT)]
    if about == ALL:
        fields.insert(0, labelled(phrases.MEMBER, UserSelect[Any](custom_id=MEMBER, required=True)))
    return Form(verb, about, phrases.BLOCK_TITLE, *fields)


def model_in(interaction: discord.Interaction[Any], fields: Mapping[str, str]) -> ModelRules:
    """The chosen rules. Raises BadRequest for values that our forms do not offer."""
    topics = chosen_in(interaction, TOPICS_FIELD)
    chosen = fields.get(STRICTNESS, OFF) or OFF
    if chosen != OFF and chosen not in set(Strictness):
        raise BadRequest(errors.OTHER_FORM)
    return ModelRules(
        asked=chosen != OFF,
        topics=tuple(topic for topic in Topic if topic.value in topics),
        strictness=Strictness.USUAL if chosen == OFF else Strictness(chosen),
    )


def _paragraph(
    text: Message, hint: Message, written: str, *, most: int = LONGEST_LIST, required: bool = True
) -> Label[Any]:
    field: TextInput[Any] = TextInput(
        custom_id=PROMPT,
        style=discord.TextStyle.paragraph,
        default=written[:most] or None,
        max_length=most,
        required=required,
    )
    return labelled(text, field, hint)
