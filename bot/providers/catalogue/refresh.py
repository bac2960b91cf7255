"""A catalogue that follows what a service offers: its own list of models and prices over the shipped cards.

The list is kept in a file next to the database, so that starting needs no network and an unavailable service takes
nothing from anybody.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.errors import CannotStart, ProviderError
from bot.domain.models.catalogue import Catalogue
from bot.domain.ports.clock import Clock
from bot.providers.catalogue.load import SHIPPED, CatalogueFile, Fields

log = logging.getLogger(__name__)

FRESH = timedelta(hours=6)  # maximum age of the list
RETRY = 600.0  # seconds until a service that did not answer is asked again
AT_THE_START = 3.0  # seconds that start-up waits for the list
Reader = Callable[[Sequence[object], date, Collection[str]], dict[str, Fields]]


class ListingService(Protocol):
    """A service that lists its models."""

    @property
    def name(self) -> str: ...

    @property
    def host(self) -> str: ...

    async def listed_models(self) -> Sequence[object] | None:
        """Raises ProviderError."""
        ...


@value_object
class Listing:
    """What a service listed, verbatim, and when."""

    models: Sequence[object]
    read_at: datetime


@value_object(kw_only=False)
class LiveCatalogueFile(CatalogueFile):
    """The shipped catalogue, with one provider's models as its service lists them now."""

    provider: str = ""
    rows: Mapping[str, Fields] = field(default_factory=dict)

    def models(self) -> dict[str, Fields]:
        """The service's values take precedence; a shipped card only fills in what the service does not report."""
        shipped = CatalogueFile.models(self)
        if not self.rows:
            return shipped
        others = {model: fields for model, fields in shipped.items() if fields.get("provider") != self.provider}
        mine = {model: fields | self.rows[model] for model, fields in shipped.items() if model in self.rows}
        return others | mine | {model: fields for model, fields in self.rows.items() if model not in mine}


def last_kept(cache: Path, provider: str, reader: Reader) -> LiveCatalogueFile:
    """The shipped catalogue with the most recently stored list, whatever its age."""
    return _beneath(_cached(cache), provider, reader)


def _beneath(listing: Listing | None, provider: str, reader: Reader) -> LiveCatalogueFile:
    shipped = CatalogueFile.read(SHIPPED)
    rows = _rows(listing, provider, reader) if listing else {}
    return LiveCatalogueFile(shipped.path, shipped.content, shipped.tables, provider=provider, rows=rows)


def _rows(listing: Listing, provider: str, reader: Reader) -> dict[str, Fields]:
    shipped = CatalogueFile.read(SHIPPED).models()
    order_id = {model for model, fields in shipped.items() if fields.get("provider") != provider}
    return reader(listing.models, listing.read_at.date(), order_id)


class CatalogueRefresh:
    """Keeps a catalogue in sync with a service. `load` builds one from the shipped file, under the host's own file."""

    def __init__(
        self,
        *,
        service: ListingService,
        reader: Reader,
        load: Callable[[CatalogueFile], Catalogue],
        cache: Path,
        clock: Clock,
    ) -> None:
        self._service = service
        self._reader = reader
        self._load = load
        self._cache = cache
        self._clock = clock
        self._listing: Listing | None = None
        self._catalogue = Catalogue({}, {})

    async def open(self) -> Catalogue:
        """The catalogue, which remains the same object from now on. Waits for the service a few seconds at most.

        Raises CannotStart for the host's own file.
        """
        self._listing = await asyncio.to_thread(_cached, self._cache)
        if self._wait() <= 0:
            await self._ask(AT_THE_START)
        self._catalogue.renew(self._load(_beneath(self._listing, self._service.name, self._reader)))
        return self._catalogue

    def start(self) -> Callable[[], Awaitable[None]]:
        """Keep it in sync from now on. Returns a function that stops that."""
        keeping = asyncio.create_task(self._keep_in_step(), name="model list")

        async def stop() -> None:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

        return stop

    async def _keep_in_step(self) -> None:
        while True:
            await self._clock.sleep(self._wait() or RETRY)
            await self.renew()

    async def renew(self) -> None:
        """Ask the service and renew the catalogue; on any error the previous one stays."""
        if not await self._ask(None):
            return
        try:
            self._catalogue.renew(self._load(_beneath(self._listing, self._service.name, self._reader)))
        except CannotStart as mistake:
            log.warning("the model list was not renewed: %s", mistake.sentence)

    async def _ask(self, seconds: float | None) -> bool:
        """Whether the service reported its models."""
        try:
            async with asyncio.timeout(seconds):
                models = await self._service.listed_models() or []
        except (ProviderError, TimeoutError) as error:
            log.warning("%s did not tell its models (%s); the last list counts", self._service.host, error)
            return False
        listing = Listing(models=models, read_at=self._clock.now())
        if not _rows(listing, self._service.name, self._reader):
            log.warning("%s lists no model that can be understood; the last list counts", self._service.host)
            return False
        self._listing = listing
        await asyncio.to_thread(_keep, self._cache, listing)
        return True

    def _wait(self) -> float:
        """Seconds until the list is too old; 0 if it is already, or if there is none."""
        if self._listing is None:
            return 0.0
        age = self._clock.now() - self._listing.read_at
        return max(0.0, (FRESH - age).total_seconds()) if age >= timedelta(0) else 0.0


def _cached(path: Path) -> Listing | None:
    """The list as last written; None if there is no readable one."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        read_at = datetime.fromisoformat(kept["read_at"])
        return Listing(models=list(kept["models"]), read_at=read_at) if read_at.tzinfo else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        log.warning("the kept model list %s cannot be read (%s); it is asked for anew", path, type(error).__name__)
        return None


def _keep(path: Path, listing: Listing) -> None:
    """Written atomically, because several processes may do so at once."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"read_at": listing.read_at.isoformat(), "models": listing.models})
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        log.warning("the model list could not be kept in %s: %s", path, error.strerror)
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
