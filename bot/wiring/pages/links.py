"""Signs the addresses of this machine that people, browsers and services are given."""

from __future__ import annotations

import logging

from bot.config.duties import Duties
from bot.data_classes import wired
from bot.domain.errors import CannotStart
from bot.domain.links import AllHookLinks, PlayerLinks
from bot.domain.ports.records import Records
from bot.settings import Settings
from bot.wiring.pages.hooks import webhook_links
from bot.wiring.paths import player_key
from storage.files.signing_key import lasting_key, shared_key

log = logging.getLogger(__name__)


async def player_links(settings: Settings, records: Records, duties: Duties) -> PlayerLinks | None:
    """What signs player links and checks them; None if there are neither links nor pages."""
    if settings.public_url is None and settings.http_port is None:
        return None
    if settings.public_url and settings.http_port is None and duties.is_everything:
        log.warning("PUBLIC_URL is set and HTTP_PORT is not: player links work only if another process serves them")
    try:
        key = lasting_key(player_key(settings))
        if settings.database_url is not None:
            key = await shared_key(player_key(settings), records)
    except (OSError, ValueError) as error:
        raise CannotStart(f"The key of player links in DATA_DIR {settings.data_dir} cannot be used: {error}.") from None
    return PlayerLinks(base=(settings.public_url or "").rstrip("/"), key=key)


@wired
class SiteLinks:
    """What signs addresses of this machine. `public` is None if people cannot reach it."""

    player: PlayerLinks | None
    public: PlayerLinks | None
    hooks: AllHookLinks


async def site_links(settings: Settings, records: Records, duties: Duties) -> SiteLinks:
    """Raises CannotStart if there is no key to sign with."""
    player = await player_links(settings, records, duties)
    hooks = webhook_links(settings, duties, None if player is None else player.key)
    return SiteLinks(player=player, public=player if settings.public_url else None, hooks=hooks)
