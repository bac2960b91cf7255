"""Discord's checks of a form (a modal) before it opens."""

from __future__ import annotations

from bot.sandbox.discord.checks import components as kinds
from bot.sandbox.discord.checks.faults import FormBody
from bot.sandbox.discord.checks.message_checks import INT32, check_choices
from bot.sandbox.discord.world.clock import Json

MOST_FIELDS = 5
FIELDS = (
    kinds.TEXT_INPUT,
    *kinds.SELECTS,
    kinds.FILE_UPLOAD,
    kinds.RADIO_GROUP,
    kinds.CHECKBOX_GROUP,
    kinds.CHECKBOX,
)


def check_modal(callback: Json) -> None:
    """Raise unless the callback's `data` is a form Discord would open."""
    outer = FormBody(callback)
    outer.required("data")
    outer.finish()
    form = outer.inside("data")
    form.text("title", least=1, most=45, required=True)
    form.text("custom_id", least=1, most=100, required=True)
    seen: set[str] = set()
    for item in form.each("components", least=1, most=MOST_FIELDS):
        _top_level(item, seen)
    form.finish()


def _top_level(form: FormBody, seen: set[str]) -> None:
    form.number("id", least=0, most=INT32)
    match form.data.get("type"):
        case kinds.LABEL:
            form.text("label", least=1, most=45, required=True)
            form.text("description", most=100)
            form.required("component")
            if form.data.get("component") is not None:
                _field(form.inside("component"), seen)
        case kinds.TEXT_DISPLAY:
            form.text("content", least=1, most=4000, required=True)
        case kinds.ACTION_ROW:
            for child in form.each("components", least=1, most=1):
                child.text("label", least=1, most=45, required=True)
                _field(child, seen, (kinds.TEXT_INPUT,))
        case _:
            form.wrong("UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1, 10, 18).', "type")


def _field(form: FormBody, seen: set[str], allowed: tuple[int, ...] = FIELDS) -> None:
    kind = form.data.get("type")
    if kind not in allowed:
        listed = ", ".join(str(each) for each in allowed)
        form.wrong("UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({listed}).', "type")
        return
    custom_id = form.text("custom_id", least=1, most=100, required=True)
    if custom_id in seen:
        form.wrong("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated", "custom_id")
    seen.add(custom_id)
    match kind:
        case kinds.TEXT_INPUT:
            _text_input(form)
        case kinds.FILE_UPLOAD:
            form.number("min_values", least=0, most=10)
            form.number("max_values", least=1, most=10)
        case kinds.RADIO_GROUP:
            check_choices(form, least_options=2, most_options=10)
        case kinds.CHECKBOX_GROUP:
            check_choices(form, least_options=1, most_options=10)
        case kinds.CHECKBOX:
            pass
        case _:
            form.text("placeholder", most=150)
            check_choices(form, least_options=1, most_options=25)


def _text_input(form: FormBody) -> None:
    form.one_of("style", (1, 2))
    form.text("placeholder", most=100)
    least = form.number("min_length", least=0, most=4000) or 0
    most = form.number("max_length", least=1, most=4000) or 4000
    if least > most:
        form.wrong("TEXT_INPUT_MIN_GREATER_THAN_MAX", "min_length must not exceed max_length", "min_length")
    form.text("value", most=most)
