"""The player page, and the page that says why there is none. Pure; every foreign word is escaped."""

from __future__ import annotations

from html import escape

from bot.domain.ids import shown
from bot.domain.job import Job
from bot.domain.video import StoredVideo

STYLE = """
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; background: #15161a; color: #e8e8ea;
       font: 1rem/1.5 system-ui, sans-serif; }
video { width: 100%; max-height: 80vh; background: #000; border-radius: .5rem; }
p { overflow-wrap: anywhere; white-space: pre-line; }
small, a { color: #a9b4ff; }
"""


def player(job: Job, video: StoredVideo, address: str, query: str) -> str:
    """`address` is the page's own, without its query; the files are below it and opened by the same `query`.

    Others need whole addresses; the page itself takes its files from wherever it was loaded.
    """
    film, still = (escape(f"{address}/{name}?{query}") for name in ("video.mp4", "poster.webp"))
    own_film, own_still = (escape(f"{job.id}/{name}?{query}") for name in ("video.mp4", "poster.webp"))
    prompt = escape(job.request.prompt)
    title = f"{shown(job.id)} · Kinora"
    head = f"""
<meta property="og:type" content="video.other">
<meta property="og:title" content="{title}">
<meta property="og:description" content="{escape(job.request.prompt[:300])}">
<meta property="og:image" content="{still}">
<meta property="og:video" content="{film}">
<meta property="og:video:type" content="video/mp4">
<meta property="og:video:width" content="{video.size.width}">
<meta property="og:video:height" content="{video.size.height}">"""
    body = f"""
<video controls playsinline preload="metadata" poster="{own_still}" src="{own_film}"></video>
<p>{prompt}</p>
<p><small>{escape(job.request.model)} · {video.seconds:.0f} s · {video.size} · made by a machine ·
<a href="{own_film}" download="kinora-{job.id}.mp4">download</a></small></p>"""
    return _document(title, head, body)


def sorry(sentence: str) -> str:
    return _document("Kinora", "", f"\n<p>{escape(sentence)}</p>")


def _document(title: str, head: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>{head}
<style>{STYLE}</style>
</head>
<body>{body}
</body>
</html>
"""
