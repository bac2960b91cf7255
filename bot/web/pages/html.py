"""HTML built from elements, so that all foreign text on a page is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from bot.data_classes import value_object

EMPTY = frozenset({"img", "input", "link", "meta", "source"})  # elements without an end tag


@value_object(kw_only=False)
class Html:
    """Markup. Anything that is not of this type is escaped when it is put into an element."""

    markup: str


Child = Html | str | None
Attribute = str | int | bool | None


def element(name: str, /, *children: Child | Iterable[Child], **attributes: Attribute) -> Html:
    """`class_` becomes class, and `aria_label` aria-label. True is an attribute without a value, None omits it."""
    given = "".join(_attribute(key, given) for key, given in attributes.items())
    if name in EMPTY:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{fragment(*children).markup}</{name}>")


def fragment(*children: Child | Iterable[Child]) -> Html:
    """Several elements side by side."""
    return Html("".join(_markup(child) for child in _flat(children)))


def _flat(children: Iterable[Child | Iterable[Child]]) -> Iterable[Child]:
    for child in children:
        if child is None or isinstance(child, Html | str):
            yield child
        else:
            yield from child


def _markup(child: Child) -> str:
    match child:
        case None:
            return ""
        case Html(markup):
            return markup
        case text:
            return escape(text)


def _attribute(key: str, given: Attribute) -> str:
    name = key.rstrip("_").replace("_", "-")
    if given is None or given is False:
        return ""
    return f" {name}" if given is True else f' {name}="{escape(str(given))}"'
