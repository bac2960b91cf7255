"""Collections of videos."""

from __future__ import annotations

from bot.domain.messages import Foreign, Message, msg, msg_n
from bot.domain.studio.collections import VideoCollection

COLLECT = msg("Put in a collection…")
FORM_TITLE = msg("Put in a collection")
NAME = msg("Name of the collection")
NAME_HINT = msg("A new name makes a new collection.")
FOR_SERVER = msg("For the whole server")
FOR_SERVER_HINT = msg("Everyone here can list it. For members with Manage Server.")
TAKE_OUT = msg("Take out of the collection")


def put(collection: VideoCollection, videos: int) -> Message:
    return msg_n(
        "{count} video is in “{name}” now. `/history collection:` lists it.",
        "{count} videos are in “{name}” now. `/history collection:` lists them.",
        videos,
        name=Foreign(collection.name),
    )


def taken_out(collection: VideoCollection, videos: int) -> Message:
    return msg_n(
        "{count} video was taken out of “{name}”.",
        "{count} videos were taken out of “{name}”.",
        videos,
        name=Foreign(collection.name),
    )


def title(collection: VideoCollection) -> Message:
    if collection.is_servers:
        return msg("Collection “{name}” of the server", name=Foreign(collection.name))
    return msg("Your collection “{name}”", name=Foreign(collection.name))
