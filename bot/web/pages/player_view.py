"""The player: a video element that works without scripts, with controls that a script activates. Pure."""

from __future__ import annotations

from bot.data_classes import value_object
from bot.domain.ids import JobId
from bot.domain.messages import Message
from bot.domain.video import StoredVideo
from bot.web.pages import phrases
from bot.web.pages.html import Html, element
from bot.web.pages.icons import icon
from bot.web.pages.phrases import Writer

SPEEDS = ("0.25", "0.5", "1", "1.5", "2")


@value_object
class PlayerFiles:
    """Addresses relative to the page."""

    video: str
    poster: str
    sheet: str

    @classmethod
    def below(cls, address: str, query: str = "") -> PlayerFiles:
        """Files below the address of the video. `query`, with its question mark, carries the signature."""
        return cls(
            video=f"{address}/video.mp4{query}",
            poster=f"{address}/poster.webp{query}",
            sheet=f"{address}/sheet.jpg{query}",
        )


def player(video: StoredVideo, files: PlayerFiles, described: str, write: Writer) -> Html:
    """`described`: a text alternative for people who cannot see the video."""
    stage = element(
        "div",
        element(
            "video",
            controls=True,
            playsinline=True,
            preload="metadata",
            poster=files.poster,
            src=files.video,
            width=video.size.width,
            height=video.size.height,
            aria_label=described,
        ),
        element("button", icon("play"), type="button", class_="overlay", hidden=True, aria_label=write(phrases.PLAY)),
        class_="stage",
    )
    return element(
        "section",
        stage,
        element("p", write(phrases.UNPLAYABLE), class_="trouble", role="alert", hidden=True),
        _controls(video, write),
        _keys(write),
        class_="player",
        aria_label=write(phrases.PLAYER),
        data_seconds=f"{video.seconds:.3f}",
        data_sheet=files.sheet,
        data_position_of=write(phrases.POSITION_OF),
    )


def _controls(video: StoredVideo, write: Writer) -> Html:
    buttons = (
        _button("play", phrases.PLAY, write, "pause", other=phrases.PAUSE),
        _timeline(video, write),
        element("span", class_="time", aria_hidden="true"),
        _button("sound", phrases.MUTE, write, "silence", other=phrases.UNMUTE) if video.has_sound else None,
        _speed(write),
        _button("loop", phrases.LOOP, write, pressed=True),
        _button("full", phrases.FULL_SCREEN, write),
    )
    return element("div", buttons, class_="controls", hidden=True)


def _button(
    name: str, label: Message, write: Writer, *more: str, other: Message | None = None, pressed: bool = False
) -> Html:
    """`other` is its name, with an icon of its own, once it was used; `pressed`: it stays pressed instead."""
    return element(
        "button",
        [icon(each) for each in (name, *more)],
        type="button",
        class_=f"control {name}",
        aria_label=write(label),
        aria_pressed="false" if pressed else None,
        title=write(label),
        data_label=write(label),
        data_other=write(other) if other else None,
    )


def _timeline(video: StoredVideo, write: Writer) -> Html:
    position = element(
        "input",
        type="range",
        min=0,
        max=f"{video.seconds:.3f}",
        step="any",
        value=0,
        aria_label=write(phrases.POSITION),
    )
    preview = element(
        "div", element("div", class_="still"), element("span"), class_="preview", hidden=True, aria_hidden="true"
    )
    return element("div", position, preview, class_="timeline")


def _speed(write: Writer) -> Html:
    choices = [element("option", f"{each}×", value=each, selected=each == "1") for each in SPEEDS]
    return element(
        "select", choices, class_="control speed", aria_label=write(phrases.SPEED), title=write(phrases.SPEED)
    )


def _keys(write: Writer) -> Html:
    switch = element(
        "label", element("input", type="checkbox", checked=True), " ", write(phrases.USE_KEYS), class_="switch"
    )
    rows = [
        element("div", element("dt", [element("kbd", write(key)) for key in keys]), element("dd", write(what)))
        for keys, what in phrases.KEY_LIST
    ]
    return element(
        "details", element("summary", write(phrases.KEYS)), switch, element("dl", rows), class_="keys", hidden=True
    )


def copy_button(write: Writer) -> Html:
    """Copies the content of #prompt; hidden without scripts."""
    return element(
        "button",
        write(phrases.COPY),
        type="button",
        class_="copy",
        data_copies="prompt",
        data_done=write(phrases.COPIED),
        aria_live="polite",
        hidden=True,
    )


def download_link(address: str, job_id: JobId, write: Writer) -> Html:
    return element("a", write(phrases.DOWNLOAD), class_="download", href=address, download=f"kinora-{job_id}.mp4")
