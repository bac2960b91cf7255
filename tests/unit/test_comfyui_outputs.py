"""Which file that a ComfyUI graph made is the ordered video."""

from __future__ import annotations

from typing import Any

from bot.providers.comfyui.status import MadeFile, best_file

OURS = {"filename": "6f1c3c0e_00001_.mp4", "subfolder": "kinora", "type": "output"}


def test_it_is_the_one_under_our_name_and_not_a_draft_that_the_graph_keeps_too() -> None:
    draft = {"filename": "draft_00007_.mp4", "subfolder": "", "type": "output"}
    outputs: dict[str, Any] = {"12": {"images": [draft]}, "58": {"images": [OURS]}}
    assert best_file(outputs) == MadeFile(filename="6f1c3c0e_00001_.mp4", subfolder="kinora", type="output")


def test_what_is_kept_elsewhere_will_do_where_nothing_has_our_name() -> None:
    outputs: dict[str, Any] = {"12": {"gifs": [{"filename": "a.webm", "subfolder": "", "type": "temp"}, "odd"]}}
    assert best_file(outputs) == MadeFile(filename="a.webm", subfolder="", type="temp")
