"""The only part that costs money, and only on request: orders a real clip, waits for it, downloads and plays it."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.data_classes import value_object
from bot.doctor.report import Finding, failure, fine, warning
from bot.domain.errors import Gone, OutcomeUnknown, ProviderError, SpoiltVideo, Unavailable
from bot.domain.media import MediaProcessor
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Asset, Broken, Order, Provider, Ready, Waiting

PROMPT = "A calm sea at dawn, the camera glides slowly forward. (Test clip of `python -m bot doctor`.)"
LEAST_PATIENCE = 600.0  # seconds from order to video
TYPICAL_TIMES = 5  # or so many times the model's usual time, if that is longer
FETCHES = 3  # attempts to download
LEAST_WAIT, LONGEST_WAIT = 1.0, 20.0  # seconds between two checks


@value_object
class Clip:
    """The cheapest clip that can be ordered from a provider."""

    provider: Provider
    order: Order
    price: Usd

    @property
    def subject(self) -> str:
        return self.provider.name

    def __str__(self) -> str:
        order = self.order
        return f"{order.card.label} at {self.provider.host}, {order.seconds} s of {order.size}: {self.price}"


def cheapest(provider: Provider, cards: Sequence[ModelCard]) -> Clip | None:
    """The cheapest of the provider's own cards, the shorter one of two equal prices. None if nothing has a price."""
    clips = [
        Clip(
            provider=provider,
            order=Order(card=card, prompt=PROMPT, seconds=seconds, size=size, own_name=secrets.token_hex(16)),
            price=card.quote(seconds, size, account=provider.name),
        )
        for card in cards
        for size in card.sizes
        if size in card.per_second
        for seconds in card.seconds
    ]
    return min(clips, key=lambda clip: (clip.price, clip.order.seconds), default=None)


@value_object
class Spending:
    """`agree` is asked before anything is ordered; `say` reports progress."""

    media: MediaProcessor
    agree: Callable[[str], bool]
    say: Callable[[str], None]

    async def spend(self, clips: Sequence[Clip]) -> Sequence[Finding]:
        """Order each of them once, after one question for all; nothing is ordered without a yes."""
        if not clips:
            return [failure("spend", "nothing with a price can be ordered")]
        for clip in clips:
            self.say(f"  {clip}")
        total = sum((clip.price for clip in clips), Usd(0))
        what = "the test clip" if len(clips) == 1 else f"these {len(clips)} test clips"
        if not self.agree(f"Order {what} for {total}?"):  # blocks the loop, but nothing else is running
            return [warning("spend", "nothing was ordered", "Answer with y, or add --yes where nobody can be asked.")]
        return [await self._clip(clip) for clip in clips]

    async def _clip(self, clip: Clip) -> Finding:
        try:
            remote_id = await clip.provider.submit(clip.order)
        except OutcomeUnknown as lost:
            bill = f"Look at your account at {clip.provider.host}: {clip.price} may have been charged."
            return failure(clip.subject, lost.sentence, bill)
        except ProviderError as no:
            return failure(clip.subject, f"nothing was made or charged: {no.sentence}")
        self.say(f"  {clip.provider.host} accepted the order as {remote_id}; waiting for it")
        began = time.monotonic()
        try:
            end = await _awaited(clip, remote_id)
        except asyncio.CancelledError:
            self.say(f"  {remote_id} is not waited for any longer; {clip.price} may be charged for it")
            raise
        match end:
            case Ready(cost=cost):
                return await self._played(clip, remote_id, cost, time.monotonic() - began)
            case Broken(reason=reason, charged=charged, cost=cost):
                paid = cost or (clip.price if charged else None)
                return failure(clip.subject, f"no video was made: {reason}", _bill(clip, paid))
            case str(sentence):
                return failure(clip.subject, f"{remote_id}: {sentence}", _bill(clip, clip.price))

    async def _played(self, clip: Clip, remote_id: str, cost: Usd | None, seconds: float) -> Finding:
        with tempfile.TemporaryDirectory(prefix="kinora-doctor-") as folder:
            names = ("film", "film.mp4", "poster.webp", "sheet.jpg")
            fetched, film, poster, sheet = (Path(folder) / name for name in names)
            try:
                await _fetched(clip.provider, remote_id, fetched)
                plays = await self.media.to_mp4(fetched, film)
                footage = await self.media.inspect(film if plays else fetched, poster, sheet)
            except (ProviderError, SpoiltVideo) as trouble:
                words = f"{remote_id} was made, but: {trouble.sentence}"
                return failure(clip.subject, words, _bill(clip, cost or clip.price))
        said = f"{cost}, as {clip.provider.host} says" if cost is not None else f"{clip.price} by the price table"
        await _forget(clip.provider, remote_id)
        what = f"{footage.seconds:.0f} s of {footage.size} in {footage.video_codec}"
        return fine(clip.subject, f"{what} after {seconds:.0f} s; it plays, and it cost {said}")


async def _awaited(clip: Clip, remote_id: str) -> Ready | Broken | str:
    """How it ended, or a sentence if it did not."""
    patience = max(LEAST_PATIENCE, TYPICAL_TIMES * clip.order.card.typical_seconds)
    trouble = ""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        wait: float | None = None
        try:
            look = await clip.provider.look(remote_id)
        except Gone as gone:
            return gone.sentence
        except Unavailable as later:
            trouble, wait = f" {later.sentence}", later.retry_after
        else:
            if not isinstance(look, Waiting):
                return look
            trouble, wait = "", look.poll_after
        await asyncio.sleep(min(LONGEST_WAIT, max(LEAST_WAIT, wait or clip.order.card.typical_seconds / 20)))
    return f"not done after {patience / 60:.0f} minutes, so it was not waited for any longer.{trouble}"


async def _fetched(provider: Provider, remote_id: str, target: Path) -> None:
    """Download it; the file may appear a moment after the service says that it is ready. Raises Unavailable or Gone."""
    for _ in range(FETCHES - 1):
        try:
            await provider.fetch(remote_id, Asset.VIDEO, target)
        except Unavailable:
            await asyncio.sleep(LEAST_WAIT)
        else:
            return
    await provider.fetch(remote_id, Asset.VIDEO, target)


async def _forget(provider: Provider, remote_id: str) -> None:
    """Delete it there, so the bot does not take it for a payment without an order."""
    try:
        await provider.forget(remote_id)
    except ProviderError:
        return  # it was made and it plays; that was the question


def _bill(clip: Clip, paid: Usd | None) -> str:
    return f"It may have cost {paid}." if paid else f"{clip.provider.host} says it wasn't charged."
