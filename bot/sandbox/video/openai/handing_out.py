"""The ways in which servers deliver a finished film, besides sending it."""

from __future__ import annotations

import base64

from aiohttp import web

from bot.sandbox.video.openai.manner import Handout, Json
from bot.sandbox.video.openai.orders import Refusal

INSIDE = frozenset({Handout.BASE64, Handout.B64_JSON})
IN_THE_CLOUD = "Video has been uploaded to cloud storage. Please use the cloud URL: "


def way_of(handout: Handout, address: str) -> None:
    """Return if the content route sends the film itself; otherwise raise its answer."""
    match handout:
        case Handout.CONTENT:
            return
        case Handout.REDIRECT:
            raise web.HTTPFound(address)
        case Handout.REFUSED_WITH_URL:
            raise Refusal(400, f"{IN_THE_CLOUD}{address}")
        case _:
            raise Refusal(502, "Failed to fetch video content")


def places(handout: Handout, address: str, film: bytes) -> Json:
    """The location of the film in the finished video. `film`: for servers that include it."""
    text = base64.b64encode(film).decode()
    match handout:
        case Handout.URL:
            return {"url": address}
        case Handout.URLS | Handout.REFUSED_WITH_URL:
            return {"urls": [address]}
        case Handout.METADATA:
            return {"metadata": {"url": address}}
        case Handout.VIDEOS:
            return {"videos": [{"type": "url", "url": address, "content_type": "video/mp4"}]}
        case Handout.DATA:
            return {"data": [{"output_format": "mp4", "url": address}]}
        case Handout.FOLDER:
            return {"data": [{"output_format": "mp4", "url": f"file:///tmp/media/{address.rpartition('/')[2]}"}]}
        case Handout.BASE64:
            return {"videos": [{"type": "base64", "base64": text, "content_type": "video/mp4"}]}
        case Handout.B64_JSON:
            return {"data": [{"output_format": "mp4", "b64_json": text}]}
        case _:
            return {}
