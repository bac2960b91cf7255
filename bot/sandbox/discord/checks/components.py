"""Reads a tree of components: what it contains, in what order, and what a person can use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.data_classes import value_object
from bot.sandbox.discord.world.clock import Json

ACTION_ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = 5, 6, 7, 8
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR = 9, 10, 11, 12, 13, 14
CONTAINER, LABEL, FILE_UPLOAD, RADIO_GROUP, CHECKBOX_GROUP, CHECKBOX = 17, 18, 19, 21, 22, 23
SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
LINK_STYLE, PREMIUM_STYLE = 5, 6


@value_object
class Button:
    label: str
    custom_id: str | None
    url: str | None
    style: int
    disabled: bool


@value_object
class Select:
    type: int
    custom_id: str
    placeholder: str
    options: Sequence[Json]
    least: int
    most: int
    disabled: bool
    channel_types: Sequence[int]  # empty: channels of any type


@value_object
class Media:
    """A picture, video or file on a message."""

    filename: str
    url: str
    content_type: str
    width: int | None = None
    height: int | None = None
    description: str | None = None
    spoiler: bool = False


def walk(components: Sequence[Json]) -> Iterator[Json]:
    """Every component, parents first, in reading order."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for single in ("accessory", "component"):
            if component.get(single):
                yield from walk([component[single]])


def texts(components: Sequence[Json]) -> list[str]:
    return [each["content"] for each in walk(components) if each["type"] == TEXT_DISPLAY]


def numbered(components: Sequence[Json]) -> list[Json]:
    """The same tree with an `id` on every component, as Discord returns it."""
    taken = {each["id"] for each in walk(components) if each.get("id")}
    free = (number for number in range(1, 2**31) if number not in taken)
    return [_numbered(each, free) for each in components]


def _numbered(component: Json, free: Iterator[int]) -> Json:
    copy = {"id": component.get("id") or next(free), **{key: value for key, value in component.items() if key != "id"}}
    if component.get("components"):
        copy["components"] = [_numbered(child, free) for child in component["components"]]
    for single in ("accessory", "component"):
        if component.get(single):
            copy[single] = _numbered(component[single], free)
    return copy


def media_holders(component: Json) -> list[Json]:
    """The objects of one component that contain media, under the key `media` or `file`."""
    if component["type"] == MEDIA_GALLERY:
        return list(component["items"])
    return [component] if component["type"] in {THUMBNAIL, FILE} else []


def media_key(component: Json) -> str:
    return "file" if component["type"] == FILE else "media"


def button_of(component: Json) -> Button:
    emoji = (component.get("emoji") or {}).get("name") or ""
    return Button(
        label=component.get("label") or emoji,
        custom_id=component.get("custom_id"),
        url=component.get("url"),
        style=component["style"],
        disabled=bool(component.get("disabled")),
    )


def select_of(component: Json) -> Select:
    least, most = component.get("min_values"), component.get("max_values")
    return Select(
        type=component["type"],
        custom_id=component["custom_id"],
        placeholder=component.get("placeholder") or "",
        options=component.get("options") or [],
        least=1 if least is None else least,
        most=1 if most is None else most,
        disabled=bool(component.get("disabled")),
        channel_types=component.get("channel_types") or [],
    )
