"""The gallery over real HTTP: who gets in, for how long, and what they see there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.ids import JobId
from bot.domain.messages import msg
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Failed
from bot.domain.studio.collections import THE_SERVERS, VideoCollection
from bot.web.gallery.filters import GalleryQuery
from bot.web.pages.phrases import CLOSED, NO_VIDEO, WRONG_GALLERY
from storage.studio.collections import SqlCollections
from storage.studio.favourites import SqlFavourites
from storage.studio.ratings.store import SqlRatings
from tests.builders import ANN, GUILD, NOON, SAM, KnownChannels, a_job, a_member, a_request
from tests.galleries import FILM, POSTER, SHEET, GallerySite, Visitor, a_finished_video, a_gallery, a_visitor

HOSTILE = 'a fox <script>alert("x")</script> & more'
HOUR = 3600.0
LEFT = SAM + 7
SECRET = 66  # a channel


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[GallerySite]:
    async with a_gallery(tmp_path) as site:
        yield site


@pytest_asyncio.fixture
async def ann(site: GallerySite) -> AsyncIterator[Visitor]:
    async with a_visitor(site) as visitor:
        yield visitor


async def test_the_link_opens_the_members_own_videos_at_an_address_that_opens_nothing_by_itself(
    site: GallerySite, ann: Visitor
) -> None:
    await site.keep(a_finished_video("K7Q4FD", request=a_request(prompt=HOSTILE), cost=Usd.of("0.40")))
    await site.keep(a_finished_video("AAAAAA", owner_id=SAM))
    answer, body = await ann.asks(site.link())
    text = body.decode()
    assert (answer.status, str(answer.url)) == (200, site.at())
    for words in ("K7Q-4FD", "$0.40", "Sora 2", "Finished", "Create", "Poster of K7Q-4FD", "&lt;script&gt;"):
        assert words in text
    assert "AAA-AAA" not in text
    assert "<script>" not in text
    async with a_visitor(site) as passer_by:
        status, text = await passer_by.gets(site.at())
        assert (status, str(CLOSED) in text) == (403, True)


async def test_nothing_is_told_without_a_pass(site: GallerySite, ann: Visitor) -> None:
    await site.keep(a_finished_video("K7Q4FD"))
    for name in ("", "renew", "K7Q4FD", "K7Q4FD/video.mp4", "K7Q4FD/poster.webp", "K7Q4FD/sheet.jpg"):
        status, text = await ann.gets(site.at() + name)
        assert status == 403, name
        assert str(CLOSED) in text
        assert "fox" not in text


async def test_a_wrong_link_says_where_to_get_another(site: GallerySite, ann: Visitor) -> None:
    for query in ("", "until=1795950000", "until=1795950000&sig=" + "0" * 64, "until=²&sig=é"):
        status, text = await ann.gets(f"{site.at()}open?{query}")
        assert status == 403, query
        assert str(WRONG_GALLERY) in text


async def test_a_link_is_good_for_an_hour_and_for_one_member(site: GallerySite, ann: Visitor) -> None:
    link = site.link()
    assert (await ann.gets(link.replace(f"/{ANN}/", f"/{SAM}/")))[0] == 403
    site.bench.clock.forward(HOUR - 1)
    assert (await ann.gets(link))[0] == 200
    site.bench.clock.forward(1)
    assert (await ann.gets(link))[0] == 403


async def test_a_pass_is_renewed_while_the_gallery_is_open_for_twelve_hours_at_most(
    site: GallerySite, ann: Visitor
) -> None:
    await ann.opens()
    for _ in range(23):
        site.bench.clock.forward(HOUR / 2)
        assert (await ann.gets(f"{site.at()}renew"))[0] == 204
    site.bench.clock.forward(HOUR / 2)
    assert (await ann.gets(f"{site.at()}renew"))[0] == 403


async def test_an_hour_unused_closes_it(site: GallerySite, ann: Visitor) -> None:
    await ann.opens()
    site.bench.clock.forward(HOUR)
    status, text = await ann.gets(site.at())
    assert (status, str(CLOSED) in text) == (403, True)


async def test_a_pass_is_for_its_own_gallery(site: GallerySite, ann: Visitor) -> None:
    site.people.members[SAM] = a_member(id=SAM)
    await ann.opens()
    (cookie,) = [each.value for each in ann.session.cookie_jar]
    assert (await ann.gets(site.at(SAM), Cookie=f"kinora_gallery={cookie}"))[0] == 403
    for forged in (cookie.replace(".", "..", 1), f"9{cookie}", cookie[:-1] + "é", ""):
        async with a_visitor(site) as other:
            assert (await other.gets(site.at(), Cookie=f"kinora_gallery={forged.encode().decode('latin-1')}"))[0] == 403


async def test_who_has_left_sees_nothing_more_after_half_a_minute(site: GallerySite, ann: Visitor) -> None:
    await site.keep(a_finished_video("K7Q4FD"))
    await ann.opens()
    site.people.members.clear()
    assert (await ann.gets(f"{site.at()}K7Q4FD/video.mp4"))[0] == 200
    site.bench.clock.forward(30)
    for name in ("", "K7Q4FD", "K7Q4FD/video.mp4", "renew"):
        status, text = await ann.gets(site.at() + name)
        assert status == 403
        assert "no longer in the server" in text


async def test_discord_is_asked_once_for_many_requests_and_again_after_trouble(site: GallerySite, ann: Visitor) -> None:
    await ann.opens()
    for _ in range(3):
        await ann.gets(site.at())
    assert site.people.asked == 1
    site.bench.clock.forward(30)
    site.people.is_away = True
    status, text = await ann.gets(site.at())
    assert (status, "Try again in a minute" in text) == (503, True)
    site.people.is_away = False
    assert (await ann.gets(site.at()))[0] == 200


OWNED_BY_SAM: dict[str, Any] = {"owner_id": SAM}
PRIVATE = OWNED_BY_SAM | {"private": True}
ELSEWHERE = OWNED_BY_SAM | {"channel_id": SECRET}


@pytest.mark.parametrize(
    ("who", "video", "status"),
    [
        (a_member(), {}, 200),  # the owner
        (a_member(roles=frozenset()), {}, 200),  # in no tier, or blocked: their own videos stay theirs
        (a_member(), {"private": True}, 200),
        (a_member(), OWNED_BY_SAM, 200),  # a member who can read its channel
        (a_member(channels=KnownChannels(seen=frozenset())), OWNED_BY_SAM, 404),
        (a_member(), ELSEWHERE, 404),
        (a_member(manages=True), ELSEWHERE, 200),
        (a_member(), PRIVATE, 404),
        (a_member(manages=True), PRIVATE, 403),  # a manager knows that it exists, and may not watch it
        (a_member(), {"guild_id": GUILD + 1}, 404),
        (a_member(), {"owner_id": ERASED_MEMBER}, 404),
        (a_member(manages=True), {"owner_id": ERASED_MEMBER}, 404),
    ],
)
async def test_who_may_watch_what(
    site: GallerySite, ann: Visitor, who: Any, video: dict[str, Any], status: int
) -> None:
    await site.keep(a_finished_video("K7Q4FD", **video))
    site.people.members[ANN] = who
    await ann.opens()
    for name in ("", "/video.mp4", "/poster.webp", "/sheet.jpg"):
        found, text = await ann.gets(f"{site.at()}K7Q4FD{name}")
        assert found == status, name
        assert status == 200 or "fox" not in text


async def test_the_files_come_whole_and_in_parts(site: GallerySite, ann: Visitor) -> None:
    await site.keep(a_finished_video("K7Q4FD"))
    await ann.opens()
    for name, kind, content in (
        ("video.mp4", "video/mp4", FILM),
        ("poster.webp", "image/webp", POSTER),
        ("sheet.jpg", "image/jpeg", SHEET),
    ):
        answer, body = await ann.asks(f"{site.at()}K7Q4FD/{name}")
        assert (answer.status, answer.content_type, body) == (200, kind, content)
        assert answer.headers["Cache-Control"] == "private, max-age=60"
    part, middle = await ann.asks(f"{site.at()}K7Q4FD/video.mp4", Range="bytes=100-199")
    assert (part.status, middle) == (206, FILM[100:200])


async def test_a_deleted_video_and_one_that_does_not_exist_are_not_there(site: GallerySite, ann: Visitor) -> None:
    await site.keep(a_finished_video("K7Q4FD"))
    await site.bench.store.mark_deleted(JobId("K7Q4FD"))
    await ann.opens()
    assert (await ann.gets(f"{site.at()}K7Q4FD/video.mp4"))[0] == 410
    status, text = await ann.gets(f"{site.at()}K7Q4FD")
    assert (status, "Deleted" in text, "<video" in text) == (200, True, False)
    status, text = await ann.gets(f"{site.at()}BBBBBB")
    assert (status, escape(str(NO_VIDEO)) in text) == (404, True)


async def test_a_failed_one_says_why_and_costs_nothing(site: GallerySite, ann: Visitor) -> None:
    failed = Failed(cause=Cause.MODERATION, reason=msg("No foxes."), charged=False, finished_at=NOON)
    await site.keep(a_job(failed, id=JobId("K7Q4FD"), quote=Usd.of("0.40")))
    _, text = await ann.opens()
    assert "No foxes." in text
    assert "$0.40" not in text
    assert "No foxes." in (await ann.gets(f"{site.at()}K7Q4FD"))[1]


async def test_a_prompt_runs_in_its_own_direction_and_nothing_beside_it_does(site: GallerySite, ann: Visitor) -> None:
    prompt = "ثعلب \u202eevil"
    await site.keep(a_finished_video("AAAAAA", request=a_request(prompt=prompt)))
    await ann.opens()
    _, gallery = await ann.gets(site.at())
    _, page = await ann.gets(f"{site.at()}AAAAAA")
    assert f'<h2 dir="auto"><a href="AAAAAA">{prompt}</a></h2>' in gallery
    assert f'<p class="prompt" id="prompt" dir="auto">{prompt}</p>' in page


async def test_a_video_leads_to_what_it_was_made_from_and_to_what_was_made_of_it(
    site: GallerySite, ann: Visitor
) -> None:
    await site.keep(a_finished_video("AAAAAA"))
    await site.keep(a_finished_video("BBBBBB", request=a_request(prompt="at night", source=JobId("AAAAAA"))))
    hidden = a_request(prompt="in secret", source=JobId("AAAAAA"))
    await site.keep(a_finished_video("CCCCCC", request=hidden, **PRIVATE))
    await ann.opens()
    _, source = await ann.gets(f"{site.at()}AAAAAA")
    assert 'href="BBBBBB"' in source
    assert "in secret" not in source
    _, remix = await ann.gets(f"{site.at()}BBBBBB")
    assert "Made from" in remix
    assert 'href="AAAAAA"' in remix


async def test_every_video_is_met_once_by_following_older(site: GallerySite, ann: Visitor) -> None:
    letters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
    ids = [f"AAAA{one}{two}" for one in letters[:2] for two in letters]
    for number, id_ in enumerate(ids):
        await site.bench.store.add(a_job(id=JobId(id_), created_at=NOON + timedelta(seconds=number // 3)))
    status, text = await ann.opens()
    seen: list[str] = []
    while True:
        assert status == 200
        seen += [part[:6] for part in text.split('<a href="')[1:] if part[:4] == "AAAA"]
        _, _, after = text.partition('rel="next" class="older" href="')
        if not after:
            break
        status, text = await ann.gets(site.at() + after.partition('"')[0].replace("&amp;", "&"))
    assert seen == sorted(seen, reverse=True)
    assert sorted(seen) == ids


async def test_no_page_lets_in_anything_from_elsewhere(site: GallerySite, ann: Visitor) -> None:
    await site.keep(a_finished_video("K7Q4FD"))
    await ann.opens()
    for name in ("", "K7Q4FD", "K7Q4FD/video.mp4", "ZZZZZZ"):
        answer, _ = await ann.asks(site.at() + name)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_scripts_and_styles_are_kept_for_good_under_an_address_of_their_own(
    site: GallerySite, ann: Visitor
) -> None:
    _, text = await ann.opens()
    (script,) = [part.partition('"')[0] for part in text.split('src="')[1:] if "gallery.js" in part[:60]]
    answer, body = await ann.asks(site.at() + script)
    assert (answer.status, answer.content_type) == (200, "text/javascript")
    assert "immutable" in answer.headers["Cache-Control"]
    assert b"import" in body
    other, _ = await ann.asks(f"{site.url}/assets/0/gallery.js")
    assert (other.status, other.headers["Cache-Control"]) == (200, "no-store")
    for wrong in ("nothing.js", "..%2fassets.py"):
        assert (await ann.gets(f"{site.url}/assets/0/{wrong}"))[0] == 404


NARROWED_BY: Mapping[str, set[str]] = {
    "": {"AAAAAA", "BBBBBB", "CCCCCC"},
    "?words=fox": {"AAAAAA", "BBBBBB"},
    "?words=%22red+fox%22": {"BBBBBB"},
    "?model=veo": {"CCCCCC"},
    "?state=failed": set(),
    "?model=v%00eo": {"CCCCCC"},
    "?state=nonsense&model=": {"AAAAAA", "BBBBBB", "CCCCCC"},
    "?from=2026-11-22&to=2026-11-22": {"BBBBBB"},
    "?favourites=yes": {"BBBBBB", "DDDDDD"},
    "?favourites=yes&words=red": {"BBBBBB"},
}


async def test_a_gallery_is_narrowed_down_as_history_is(site: GallerySite, ann: Visitor) -> None:
    yesterday = NOON - timedelta(days=1)
    await site.keep(a_finished_video("AAAAAA", request=a_request(prompt="foxes in the snow")))
    await site.keep(a_finished_video("BBBBBB", request=a_request(prompt="a red fox"), created_at=yesterday))
    await site.keep(a_finished_video("CCCCCC", request=a_request(prompt="a lake", model="veo")))
    await site.keep(a_finished_video("DDDDDD", request=a_request(prompt="a wolf"), owner_id=SAM))
    favourites = SqlFavourites(database=site.bench.store.database)
    for id_ in ("BBBBBB", "DDDDDD"):
        await favourites.add(ANN, JobId(id_), NOON)
    await ann.opens()
    assert {query: await shown(site, ann, query) for query in NARROWED_BY} == NARROWED_BY
    site.people.members[ANN] = a_member(manages=True)
    site.bench.clock.forward(30)
    assert await shown(site, ann, "?whose=everyone") == {"AAAAAA", "BBBBBB", "CCCCCC", "DDDDDD"}


async def test_the_best_rated_come_first_where_that_is_asked_for(site: GallerySite, ann: Visitor) -> None:
    ratings = SqlRatings(database=site.bench.store.database)
    for id_, likes in {"AAAAAA": 1, "BBBBBB": 2, "CCCCCC": 0}.items():
        await site.keep(a_finished_video(id_))
        for member_id in range(likes):
            await ratings.rate(member_id, JobId(id_), NOON, likes=True)
    await ann.opens()
    _, text = await ann.gets(f"{site.at()}?order=best")
    assert [part[:6] for part in text.split('<a href="')[1:] if part[6] == '"'] == ["BBBBBB", "AAAAAA"]
    assert "👍 2 · 👎 0" in text
    assert "<dt>Rating</dt><dd>👍 1 · 👎 0</dd>" in (await ann.gets(f"{site.at()}AAAAAA"))[1]
    assert "rated any of these videos" in (await ann.gets(f"{site.at()}?order=best&state=failed"))[1]
    assert "There are no more videos." in (await ann.gets(f"{site.at()}?order=best&before=CCCCCC"))[1]
    asked = GalleryQuery.of({"order": "best", "words": "fox"})
    assert (asked.is_narrow, asked.behind(JobId("AAAAAA"))) == (True, "?words=fox&order=best&before=AAAAAA")


async def shown(site: GallerySite, ann: Visitor, query: str) -> set[str]:
    """Which of the videos are on a page."""
    status, text = await ann.gets(site.at() + query)
    assert status == 200
    return {id_ for id_ in ("AAAAAA", "BBBBBB", "CCCCCC", "DDDDDD") if f'href="{id_}"' in text}


async def test_who_may_not_look_through_everyones_is_told_so_and_not_offered_it(
    site: GallerySite, ann: Visitor
) -> None:
    await site.keep(a_finished_video("DDDDDD", owner_id=SAM))
    await ann.opens()
    status, text = await ann.gets(f"{site.at()}?whose=everyone")
    assert (status, 'role="alert" class="trouble"' in text, "DDDDDD" in text) == (200, True, False)
    assert 'name="whose"' not in text
    site.people.members[ANN] = a_member(manages=True)
    site.bench.clock.forward(30)
    assert 'name="whose"' in (await ann.gets(site.at()))[1]


async def test_a_day_that_is_none_is_said_so_above_the_form(site: GallerySite, ann: Visitor) -> None:
    await ann.opens()
    status, text = await ann.gets(f"{site.at()}?from=31st+of+foxes")
    assert (status, 'role="alert" class="trouble"' in text) == (200, True)


async def test_a_gallery_shows_one_collection_with_everybodys_videos_in_it(site: GallerySite, ann: Visitor) -> None:
    await site.keep(a_finished_video("AAAAAA"))
    await site.keep(a_finished_video("BBBBBB", owner_id=SAM))
    await site.keep(a_finished_video("CCCCCC"))
    store = SqlCollections(database=site.bench.store.database)
    for owner, name, ids in (
        (THE_SERVERS, "Best of <November>", ["AAAAAA", "BBBBBB"]),
        (ANN, "Foxes", ["CCCCCC"]),
        (SAM, "Secret", ["AAAAAA"]),
    ):
        mine = VideoCollection(guild_id=GUILD, member_id=owner, name=name)
        await store.put(mine, [JobId(id_) for id_ in ids], NOON)
    await ann.opens()
    assert await shown(site, ann, "?collection=server:Best+of+%3CNovember%3E") == {"AAAAAA", "BBBBBB"}
    assert await shown(site, ann, "?collection=foxes") == {"CCCCCC"}
    assert await shown(site, ann, "?collection=mine:Secret") == set()
    _, text = await ann.gets(f"{site.at()}?collection=server:Best+of+%3CNovember%3E")
    assert "<h1>Best of &lt;November&gt; (the server&#x27;s)</h1>" in text
    assert 'value="mine:Foxes"' in text
    assert "Secret" not in text
    assert "There is no collection “Secret” here." in (await ann.gets(f"{site.at()}?collection=Secret"))[1]


async def test_videos_of_others_say_whose_they_are_as_far_as_that_is_known(site: GallerySite, ann: Visitor) -> None:
    site.people.members[ANN] = a_member(manages=True)
    site.people.names_of = {SAM: "Sam & Co"}
    for number, owner in enumerate((ANN, SAM, LEFT), 1):
        await site.keep(a_finished_video("ABC"[number - 1] * 6, owner_id=owner))
    await ann.opens()
    _, text = await ann.gets(f"{site.at()}?whose=everyone")
    assert (text.count("by Sam &amp; Co"), text.count("by another member"), text.count(" · by ")) == (1, 1, 2)
    asked = site.people.asked
    await ann.gets(f"{site.at()}?whose=everyone")
    assert site.people.asked == asked, "names are remembered, and that somebody has left"
    assert "<dt>Made by</dt><dd>Sam &amp; Co</dd>" in (await ann.gets(f"{site.at()}BBBBBB"))[1]
    assert "Made by" not in (await ann.gets(f"{site.at()}AAAAAA"))[1]
