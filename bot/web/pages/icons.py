"""The icons on the player's buttons, and in place of a missing picture."""

from __future__ import annotations

from bot.web.pages.html import Html, element

PATHS = {
    "play": "M8 5v14l11-7z",
    "pause": "M6 5h4v14H6zM14 5h4v14h-4z",
    "sound": "M3 9v6h4l5 5V4L7 9zM14 8a5 5 0 0 1 0 8M16.5 5.5a9 9 0 0 1 0 13",
    "silence": "M3 9v6h4l5 5V4L7 9zM15 9l6 6M21 9l-6 6",
    "loop": "M17 2l4 4-4 4M3 11V9a3 3 0 0 1 3-3h15M7 22l-4-4 4-4M21 13v2a3 3 0 0 1-3 3H3",
    "none": "M4 5h16v14H4zM4 9h16M4 15h16M8 5v4M16 5v4M8 15v4M16 15v4",
    "full": "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
}


def icon(name: str) -> Html:
    return element(
        "svg", element("path", d=PATHS[name]), class_=f"icon {name}", viewBox="0 0 24 24", aria_hidden="true"
    )
