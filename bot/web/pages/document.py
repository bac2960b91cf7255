"""What all pages have in common, and the page that explains a refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.domain.messages import Message
from bot.domain.texts.languages import reader, tag_of
from bot.web.pages.assets import address
from bot.web.pages.html import Child, Html, element, fragment
from bot.web.pages.phrases import Writer

POLICY = "; ".join(
    f"{name} {source}"
    for name, source in {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self'",
        "media-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }.items()
)
GUARDS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Content-Security-Policy": POLICY}
OWN_MEDIA = "media-src 'self'"
NOT_KEPT = GUARDS | {"Cache-Control": "no-store"}


def allowing(origin: str) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Let pages load videos from this origin as well. Browsers also check the target of a redirect."""

    async def allow(_: web.Request, response: web.StreamResponse) -> None:
        policy = response.headers.get("Content-Security-Policy")
        if policy is not None:
            response.headers["Content-Security-Policy"] = policy.replace(OWN_MEDIA, f"{OWN_MEDIA} {origin}")

    return allow


def root_of(request: web.Request) -> str:
    """The relative path from the page to the top of the site, which works below any path."""
    return "../" * (request.path.count("/") - 1) or "./"


def document(root: str, title: str, *body: Child, script: str | None = None, head: Html | None = None) -> str:
    """`script`: the file that starts the page."""
    top = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        head,
        element("link", rel="icon", href=address(root, "kinora.svg")),
        element("link", rel="stylesheet", href=address(root, "pages.css")),
        element("script", type="module", src=address(root, script)) if script else None,
    )
    page = element("html", top, element("body", fragment(*body)), lang=tag_of(reader()))
    return f"<!doctype html>\n{page.markup}\n"


def sorry(sentence: str, root: str) -> str:
    return document(root, "Kinora", element("main", element("h1", "Kinora"), element("p", sentence), class_="sorry"))


def page(text: str) -> web.Response:
    return web.Response(text=text, content_type="text/html", headers=NOT_KEPT)


def refusal(request: web.Request, kind: type[web.HTTPException], why: Message, write: Writer) -> web.HTTPException:
    text = sorry(write(why), root_of(request))
    return kind(text=text, content_type="text/html", headers=NOT_KEPT)
