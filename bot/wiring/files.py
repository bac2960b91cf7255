"""Where finished videos and pictures are stored: in DATA_DIR, or in an object store."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from bot.domain.errors import CannotStart
from bot.domain.messages import Term, msg
from bot.domain.ports.files import FileStore
from bot.settings import Settings
from bot.wiring.paths import files_folder
from storage.files.local import LocalFiles

MEGABYTE = 1_000_000


class KeptFiles(FileStore, Protocol):
    """A store, and what a process does with it when it starts."""

    async def check(self) -> None:
        """Raise OSError or StoreAway unless files can be stored."""
        ...

    async def sweep(self) -> int:
        """Remove unfinished files of processes that have ended. Returns how many there were."""
        ...


def open_files(settings: Settings) -> KeptFiles:
    """No request is made yet. Raises CannotStart."""
    folder = files_folder(settings)
    if settings.files_url is None:
        return LocalFiles(folder)
    return open_store(settings, settings.files_url, folder, most=settings.files_cache_mb * MEGABYTE)


def open_store(settings: Settings, url: str, folder: Path, *, most: int, given_by: str = "FILES_URL") -> KeptFiles:
    """An object store, with the keys in the settings; `most` bytes of copies are kept in `folder`."""
    try:  # importing it takes 0.07 s, and most installations have no object store
        from storage.files.addresses import StoreAddress  # noqa: PLC0415 - see above
        from storage.files.objects import ObjectFiles  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise CannotStart(
            msg(
                "{setting} needs a package that is not installed: `pip install obstore`, or the extra [objects] of the "
                "wheel.",
                setting=Term(given_by),
            )
        ) from error
    access_key, secret_key = settings.files_access_key, settings.files_secret_key
    address = StoreAddress(
        url=url,
        given_by=given_by,
        endpoint=settings.files_endpoint,
        region=settings.files_region,
        access_key=access_key.get_secret_value() if access_key else None,
        secret_key=secret_key.get_secret_value() if secret_key else None,
        credentials=settings.files_credentials,
    )
    return ObjectFiles(address.open(), LocalFiles(folder), most=most)
