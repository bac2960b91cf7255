"""Pictures of orders: each order has its own files, fitted to the size of its video."""

from __future__ import annotations

import hashlib
import secrets

from bot.data_classes import wired
from bot.domain.errors import BadRequest
from bot.domain.media import Fit, MediaProcessor
from bot.domain.messages import Model, msg
from bot.domain.models.card import ModelCard
from bot.domain.ports.files import FileStore
from bot.domain.video import Picture, Size, VideoOptions, VideoRequest

PICTURE_ELSEWHERE = msg(
    "That order's image is with another Kinora that shares this database. Use `/create` and attach it again. "
    "You weren't charged."
)
PICTURE_GONE = msg("That order's image was deleted. Use `/create` and attach it again. You weren't charged.")
FOLDERS = FIRST, INPUTS = "pictures", "inputs"  # versions without options do not know the second


@wired
class ReferencePictures:
    media: MediaProcessor
    files: FileStore
    shares_database: bool = False  # other processes may have pictures that are not here

    async def fitted(self, card: ModelCard, image: bytes, size: Size, fit: Fit, owner: int | None) -> Picture:
        """A start image, at the size of the video. Raises BadRequest if the model takes none, or it can't be read."""
        if not card.takes_picture:
            raise BadRequest(
                msg(
                    "{model} can't start from an image. Leave it out or pick another model. You weren't charged.",
                    model=Model(card.label),
                )
            )
        return await self._fitted(image, size, fit, owner, FIRST)

    async def inputs(
        self, options: VideoOptions[bytes], size: Size, fit: Fit, owner: int | None
    ) -> VideoOptions[Picture]:
        """An end image, at the size of the video, and reference images in their own shapes. Raises BadRequest."""
        end = None if options.end is None else await self._fitted(options.end, size, fit, owner, INPUTS)
        whole = [await self._fitted(image, size, Fit.WHOLE, owner, INPUTS) for image in options.references]
        return options.with_pictures(whole if end is None else [end, *whole])

    async def fitted_anew(self, was: VideoRequest, card: ModelCard, size: Size, owner: int | None) -> VideoRequest:
        """The order with its own pictures, for another model and another size."""
        pictures = list[Picture]()
        if was.picture is not None:
            pictures.append(await self.fitted(card, await self._png(was.picture), size, Fit.CROP, owner))
        if (end := was.options.end) is not None:
            pictures.append(await self._fitted(await self._png(end), size, Fit.CROP, owner, INPUTS))
        pictures += [await self._copy(picture) for picture in was.options.references]
        return was.with_pictures(pictures)

    async def copies(self, request: VideoRequest) -> VideoRequest:
        """Each job has its own files, so that deleting one takes nothing from another.

        If another process has the files, and will send the order, the two jobs share them.
        """
        return request.with_pictures([await self._copy(picture) for picture in request.pictures])

    async def _copy(self, picture: Picture) -> Picture:
        try:
            png, preview = await self._kept(picture)
        except FileNotFoundError:
            if self.shares_database:
                return picture
            raise BadRequest(PICTURE_GONE) from None
        return await self._keep(png, preview, picture.note, picture.key.partition("/")[0])

    async def _png(self, picture: Picture) -> bytes:
        try:
            return (await self._kept(picture))[0]
        except FileNotFoundError:
            raise BadRequest(PICTURE_ELSEWHERE if self.shares_database else PICTURE_GONE) from None

    async def _kept(self, picture: Picture) -> tuple[bytes, bytes]:
        """Raises FileNotFoundError."""
        return await self.files.read(picture.key), await self.files.read(picture.preview)

    async def _fitted(self, image: bytes, size: Size, fit: Fit, owner: int | None, folder: str) -> Picture:
        fitted = await self.media.fit(image, size, fit, owner)
        return await self._keep(fitted.png, fitted.preview, fitted.note, folder)

    async def _keep(self, png: bytes, preview: bytes, note: str, folder: str) -> Picture:
        name = f"{folder}/{secrets.token_hex(8)}"
        picture = Picture(key=f"{name}.png", preview=f"{name}.jpg", sha256=hashlib.sha256(png).hexdigest(), note=note)
        await self.files.put(png, picture.key)
        await self.files.put(preview, picture.preview)
        return picture
