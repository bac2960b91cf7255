"""Which other addresses a pasted one may stand for."""

from __future__ import annotations

import pytest

from bot.providers.addresses import others


@pytest.mark.parametrize(
    ("url", "ending", "meant"),
    [
        ("http://gpu.lan:8000", "/v1", ["http://gpu.lan:8000/v1"]),
        ("http://gpu.lan:8000/v1/", "/v1", ["http://gpu.lan:8000"]),
        (
            "http://gpu.lan:8000/v1/videos/",
            "/v1",
            [
                "http://gpu.lan:8000/v1",
                "http://gpu.lan:8000/v1/videos/v1",
                "http://gpu.lan:8000",
            ],
        ),
        ("https://gateway.example/team", "/v1", ["https://gateway.example/team/v1"]),
        (
            "https://openrouter.ai/api",
            "/api/v1",
            ["https://openrouter.ai/api/v1", "https://openrouter.ai/api/api/v1", "https://openrouter.ai"],
        ),
        ("http://gpu.lan:8188/prompt", "", ["http://gpu.lan:8188"]),
        ("http://gpu.lan:8188", "", []),
    ],
)
def test_the_likeliest_come_first(url: str, ending: str, meant: list[str]) -> None:
    assert list(others(url, ending)) == meant
