"""Reference pictures of orders: each order has files of its own, fitted to the size of its video."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from dataclasses import dataclass

from bot.domain.errors import BadRequest
from bot.domain.media import Fit, MediaProcessor
from bot.domain.messages import Model, msg
from bot.domain.models.card import ModelCard
from bot.domain.ports.files import FileStore
from bot.domain.video import Picture, Size

PICTURE_ELSEWHERE = msg(
    "That order's image is with another Kinora that shares this database. Use `/create` and attach it again. "
    "You weren't charged."
)
PICTURE_GONE = msg("That order's image was deleted. Use `/create` and attach it again. You weren't charged.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePictures:
    media: MediaProcessor
    files: FileStore
    shares_database: bool = False  # other processes may have pictures that are not here

    async def fitted(self, card: ModelCard, image: bytes, size: Size, fit: Fit, owner: int | None) -> Picture:
        """Kept at the size of the video. BadRequest when the model takes none, or it cannot be read."""
        if not card.takes_picture:
            raise BadRequest(
                msg(
                    "{model} can't start from an image. Leave it out or pick another model. You weren't charged.",
                    model=Model(card.label),
                )
            )
        fitted = await self.media.fit(image, size, fit, owner)
        return await self._keep(fitted.png, fitted.preview, fitted.note)

    async def fitted_anew(self, picture: Picture, card: ModelCard, size: Size, owner: int | None) -> Picture:
        """For another model, of another size."""
        try:
            png, _ = await self._kept(picture)
        except FileNotFoundError:
            raise BadRequest(PICTURE_ELSEWHERE if self.shares_database else PICTURE_GONE) from None
        return await self.fitted(card, png, size, Fit.CROP, owner)

    async def copy(self, picture: Picture) -> Picture:
        """Each job has files of its own, so that deleting one takes nothing from another.

        Where another process has them, and will send the order, the two jobs share them.
        """
        try:
            png, preview = await self._kept(picture)
        except FileNotFoundError:
            if self.shares_database:
                return picture
            raise BadRequest(PICTURE_GONE) from None
        return await self._keep(png, preview, picture.note)

    async def _kept(self, picture: Picture) -> tuple[bytes, bytes]:
        """Raises FileNotFoundError."""
        async with self.files.local(picture.key) as png, self.files.local(picture.preview) as preview:
            return await asyncio.to_thread(png.read_bytes), await asyncio.to_thread(preview.read_bytes)

    async def _keep(self, png: bytes, preview: bytes, note: str) -> Picture:
        name = f"pictures/{secrets.token_hex(8)}"
        picture = Picture(key=f"{name}.png", preview=f"{name}.jpg", sha256=hashlib.sha256(png).hexdigest(), note=note)
        await self.files.put(png, picture.key)
        await self.files.put(preview, picture.preview)
        return picture
