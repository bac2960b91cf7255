"""Discord's checks of a message body."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.discord.checks import components as kinds
from bot.sandbox.discord.checks.faults import FormBody, broken
from bot.sandbox.discord.checks.pictures import kind_of
from bot.sandbox.discord.world.clock import Json

MOST_COMPONENTS = 40
MOST_TEXT = 4000  # characters over all text displays
MOST_TEXT_BYTES = 10_170  # UTF-8, with 12 more for each text: above it the real service fails with a 500
MOST_MEDIA = 64  # above it the real service fails with a 500
INT32 = 2**31 - 1

TOP_V2 = (
    kinds.ACTION_ROW,
    kinds.SECTION,
    kinds.TEXT_DISPLAY,
    kinds.MEDIA_GALLERY,
    kinds.FILE,
    kinds.SEPARATOR,
    kinds.CONTAINER,
)
IN_CONTAINER = TOP_V2[:-1]


@dataclass(slots=True)
class Tally:
    """What was found so far. `names` are the files that `attachment://` may refer to."""

    names: Collection[str]
    components: int = 0
    media: int = 0
    texts: list[str] = field(default_factory=list)
    custom_ids: set[str] = field(default_factory=set)


def check_v2(data: Json, names: Collection[str]) -> None:
    """The rules of Components V2. `names` are the uploaded and kept files."""
    form, tally = FormBody(data), Tally(names)
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if data.get(key):
            message = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            form.wrong("MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message, key)
    for component in form.each("components", least=1, most=MOST_COMPONENTS):
        _component(component, TOP_V2, tally)
    _check_totals(form, tally)
    form.finish()
    weight = sum(len(text.encode()) + 12 for text in tally.texts)
    if weight > MOST_TEXT_BYTES or tally.media > MOST_MEDIA:
        raise broken()


def check_classic(data: Json, most_content: int = 2000) -> None:
    """The rules of a message with content and embeds: at most five rows of buttons and selects."""
    form, tally = FormBody(data), Tally(frozenset())
    form.text("content", most=most_content)
    for embed in form.each("embeds", most=10):
        _embed(embed)
    for component in form.each("components", most=5):
        _component(component, (kinds.ACTION_ROW,), tally)
    form.finish()


def _check_totals(form: FormBody, tally: Tally) -> None:
    if tally.components > MOST_COMPONENTS:
        message = f"Total number of components cannot exceed {MOST_COMPONENTS}"
        form.wrong("COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message, "components")
    if sum(map(len, tally.texts)) > MOST_TEXT:
        message = f"The total displayable text size cannot exceed {MOST_TEXT} characters"
        form.wrong("COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message, "components")


def _component(form: FormBody, allowed: tuple[int, ...], tally: Tally) -> None:
    kind = form.data.get("type")
    if kind not in allowed:
        listed = ", ".join(str(each) for each in allowed)
        form.wrong("UNION_TYPE_CHOICES", f'Value of field "type" must be one of ({listed}).', "type")
        return
    tally.components += 1
    form.number("id", least=0, most=INT32)
    CHECKS[kind](form, tally)


def _row(form: FormBody, tally: Tally) -> None:
    children = list(form.each("components", least=1, most=5))
    if children and children[0].data.get("type") in kinds.SELECTS:
        if len(children) > 1:
            form.wrong("COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width")
        _component(children[0], kinds.SELECTS, tally)
        return
    for child in children:
        _component(child, (kinds.BUTTON,), tally)


def _button(form: FormBody, tally: Tally) -> None:
    style = form.one_of("style", (1, 2, 3, 4, 5, 6))
    label = form.text("label", most=80)
    if style == kinds.LINK_STYLE:
        _link(form, form.text("url", most=512, required=True))
        if form.data.get("custom_id"):
            form.wrong("BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE", "A custom id and url cannot both be specified")
    elif style != kinds.PREMIUM_STYLE:
        _custom_id(form, tally)
        if form.data.get("url"):
            form.wrong("BUTTON_COMPONENT_CUSTOM_ID_URL_EXCLUSIVE", "A custom id and url cannot both be specified")
    if style != kinds.PREMIUM_STYLE and not label and not form.data.get("emoji"):
        form.wrong("BUTTON_COMPONENT_MISSING_LABEL", "A label or emoji is required", "label")


def _select(form: FormBody, tally: Tally) -> None:
    _custom_id(form, tally)
    form.text("placeholder", most=150)
    check_choices(form, least_options=1, most_options=25)


def check_choices(form: FormBody, *, least_options: int, most_options: int) -> None:
    """Options with unique values, and how many of them may be selected."""
    least = form.number("min_values", least=0, most=most_options)
    most = form.number("max_values", least=1, most=most_options)
    if least is not None and most is not None and least > most:
        form.wrong("SELECT_COMPONENT_MIN_GREATER_THAN_MAX", "min_values must not exceed max_values", "min_values")
    if form.data.get("type") in kinds.SELECTS[1:]:
        return
    seen = set()
    for option in form.each("options", least=least_options, most=most_options):
        option.text("label", least=1, most=100, required=True)
        option.text("description", most=100)
        value = option.text("value", least=1, most=100, required=True)
        if value in seen:
            option.wrong(
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used", "value"
            )
        seen.add(value)


def _section(form: FormBody, tally: Tally) -> None:
    for child in form.each("components", least=1, most=3):
        _component(child, (kinds.TEXT_DISPLAY,), tally)
    form.required("accessory")
    if form.data.get("accessory") is not None:
        _component(form.inside("accessory"), (kinds.BUTTON, kinds.THUMBNAIL), tally)


def _text_display(form: FormBody, tally: Tally) -> None:
    tally.texts.append(form.text("content", least=1, most=MOST_TEXT, required=True))


def _thumbnail(form: FormBody, tally: Tally) -> None:
    url = _media(form, "media", tally)
    if kind_of(url.partition("?")[0]).startswith("video/"):
        form.wrong("UNFURLED_MEDIA_ITEM_INVALID_TYPE", "A thumbnail must be an image", "media", "url")


def _gallery(form: FormBody, tally: Tally) -> None:
    for item in form.each("items", least=1, most=10):
        _media(item, "media", tally)


def _file(form: FormBody, tally: Tally) -> None:
    url = _media(form, "file", tally)
    if url and not url.startswith("attachment://"):
        message = "The referenced attachment must use the attachment:// protocol"
        form.wrong("UNFURLED_MEDIA_ITEM_ATTACHMENT_REFERENCE_REQUIRED", message, "file", "url")


def _separator(form: FormBody, _tally: Tally) -> None:
    form.number("spacing", least=1, most=2)


def _container(form: FormBody, tally: Tally) -> None:
    form.number("accent_color", least=0, most=0xFFFFFF)
    for child in form.each("components", least=1, most=MOST_COMPONENTS):
        _component(child, IN_CONTAINER, tally)


def _media(form: FormBody, key: str, tally: Tally) -> str:
    """The URL of a media item, if Discord could show it."""
    tally.media += 1
    if form.data.get("description") is not None:
        form.text("description", least=1, most=1024)
    form.required(key)
    if form.data.get(key) is None:
        return ""
    item = form.inside(key)
    url = item.text("url", least=1, most=2048, required=True)
    scheme, _, name = url.partition("://")
    if scheme == "attachment" and name not in tally.names:
        message = "The referenced attachment was not found"
        item.wrong("UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message, "url")
    elif scheme not in {"attachment", "http", "https"}:
        _bad_scheme(item, scheme, "attachment, http, https")
    return url


def _link(form: FormBody, url: str) -> None:
    scheme = url.partition("://")[0]
    if url and scheme not in {"http", "https", "discord"}:
        _bad_scheme(form, scheme, "http, https, discord")


def _bad_scheme(form: FormBody, scheme: str, allowed: str) -> None:
    message = f'Scheme "{scheme}" is not supported. Scheme must be one of ({allowed}).'
    form.wrong("URL_TYPE_INVALID_SCHEME", message, "url")


def _custom_id(form: FormBody, tally: Tally) -> None:
    custom_id = form.text("custom_id", least=1, most=100, required=True)
    if custom_id and custom_id in tally.custom_ids:
        form.wrong("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated", "custom_id")
    tally.custom_ids.add(custom_id)


def _embed(form: FormBody) -> None:
    form.text("title", most=256)
    form.text("description", most=4096)
    for part in form.each("fields", most=25):
        part.text("name", least=1, most=256, required=True)
        part.text("value", least=1, most=1024, required=True)


CHECKS: dict[Any, Callable[[FormBody, Tally], None]] = {
    kinds.ACTION_ROW: _row,
    kinds.BUTTON: _button,
    kinds.SECTION: _section,
    kinds.TEXT_DISPLAY: _text_display,
    kinds.THUMBNAIL: _thumbnail,
    kinds.MEDIA_GALLERY: _gallery,
    kinds.FILE: _file,
    kinds.SEPARATOR: _separator,
    kinds.CONTAINER: _container,
    **dict.fromkeys(kinds.SELECTS, _select),
}
