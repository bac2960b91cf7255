"""Discord: the token, the application, the gateway, the servers, the registered commands, and the clock."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp
from yarl import URL

from bot.client import COMMANDS, VideoBot
from bot.doctor.channel_checks import NEEDED, look_at_channel
from bot.doctor.discord_rest import DiscordRest
from bot.doctor.report import Finding, failure, fine, warning
from bot.domain.errors import CannotStart, Unavailable
from bot.domain.ports.records import Records
from bot.network.proxy import ProxyConnector

PORTAL = "https://discord.com/developers/applications"
INVITE = "https://discord.com/oauth2/authorize?client_id={id}&scope=bot+applications.commands&permissions={needed}"
# Bits of an application's flags: one for verified bots, one for bots on few servers.
PRIVILEGED = {"Presence": 1 << 12 | 1 << 13, "Server Members": 1 << 14 | 1 << 15, "Message Content": 1 << 18 | 1 << 19}
FEW_STARTS = 10  # sessions left today; Discord resets the token of a bot that uses up all 1,000
PAGE = 200  # servers that Discord lists per request
SHARD = 2500  # servers one connection may serve
LATE, TOO_LATE = 5.0, 300.0  # seconds that our clock may differ
SET_THE_CLOCK = "Turn on time synchronisation (on Linux: timedatectl set-ntp true)."
HELLO = 10  # the opcode of the gateway's first message

Json = Mapping[str, Any]


class DiscordChecks:
    """Each asks first who the bot is, and reports nothing if that fails: the token's own line does."""

    def __init__(self, rest: DiscordRest) -> None:
        self._rest = rest
        self._asking: asyncio.Task[Json] | None = None

    async def token(self) -> Sequence[Finding]:
        try:
            me = await self.me()
        except CannotStart as refused:
            return [failure("token", refused.sentence, "Nothing else at Discord can be checked without it.")]
        return [fine("token", f"accepted: {me['name']}, application {me['id']}")]

    async def intents(self) -> Sequence[Finding]:
        me = await self._known()
        return [] if me is None else [*application(me)]

    async def gateway(self, url: str) -> Sequence[Finding]:
        """Wait for the gateway's hello and leave without starting a session, as sessions are counted."""
        if await self._known() is None:
            return []
        start = (await self._rest.get("/gateway/bot")).fields
        try:
            await _hello(url)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return [
                failure(
                    "gateway", f"{url} cannot be reached: {str(error) or 'no answer in time'}", "Check the firewall."
                )
            ]
        return [sessions(start)]

    async def servers(self) -> Sequence[Finding]:
        me = await self._known()
        return (
            [] if me is None else [guilds(me["id"], (await self._rest.get(f"/users/@me/guilds?limit={PAGE}")).entries)]
        )

    async def channel(self, channel_id: int) -> Sequence[Finding]:
        me = await self._known()
        return [] if me is None else await look_at_channel(self._rest, channel_id, int(me["bot_id"]))

    async def commands(self, bot: VideoBot, records: Records | None) -> Sequence[Finding]:
        """`bot` has its cogs; `records` is None if there is no database yet."""
        me = await self._known()
        if me is None:
            return []
        there = (await self._rest.get(f"/applications/{me['id']}/commands")).entries
        ours = bot.payload()
        noted = await _registered_text(records)
        same_text = None if noted is None else noted == bot.digest(int(me["id"]), ours)
        return [registered({_key(each) for each in there}, {_key(each) for each in ours}, same_text=same_text)]

    async def clock(self, *, is_alone: bool = False) -> Sequence[Finding]:
        """Needs no token.

        If Discord does not answer, the token's line says so, or this raises Unavailable if it `is_alone`.
        """
        try:
            said = await self._rest.get("/gateway")
        except Unavailable:
            if is_alone:
                raise
            return []
        return [clock(said.ahead)]

    async def _known(self) -> Json | None:
        """The application and bot; None if Discord does not say."""
        try:
            return await self.me()
        except (CannotStart, Unavailable):
            return None

    async def me(self) -> Json:
        """Asked once. Raises CannotStart if the token is refused, and Unavailable."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask(), name="application")
        return await asyncio.shield(self._asking)

    async def _ask(self) -> Json:
        """The application, with `bot_id` and `name` of its account."""
        said = await self._rest.get("/users/@me")
        if said.status == 401:
            raise CannotStart(
                "Discord refuses DISCORD_TOKEN. Copy it again from the developer portal (Bot, Reset Token)."
            )
        match said.body:
            case {"id": str(bot_id), "username": str(name)} if said.status == 200:
                application = (await self._rest.get("/applications/@me")).fields
                return {**application, "bot_id": bot_id, "name": name}
            case _:
                raise Unavailable(f"{self._rest.base} does not answer like Discord ({said.status}).")


def application(me: Json) -> list[Finding]:
    """How the application is configured in the developer portal."""
    flags = int(me.get("flags") or 0)
    on = [name for name, bits in PRIVILEGED.items() if flags & bits]
    if on:
        words = f"{', '.join(on)} not needed; can be turned off in the developer portal"
    else:
        words = "no privileged intents are on, and none are needed"
    found = [fine("intents", words)]
    if address := me.get("interactions_endpoint_url"):
        wrong = f"Discord sends all commands to {address}, so the bot never sees them"
        found.append(failure("interactions", wrong, f"Clear Interactions Endpoint URL in {PORTAL}"))
    return found


def sessions(start: Json) -> Finding:
    """From GET /gateway/bot."""
    left, shards = start["session_start_limit"]["remaining"], start["shards"]
    hours = start["session_start_limit"]["reset_after"] / 3_600_000
    if left < FEW_STARTS:
        why = "something restarts the bot over and over; Discord resets the token of a bot that uses them up"
        return warning(
            "gateway", f"{left} session starts are left for {hours:.0f} hours: {why}", "Stop it, read its log."
        )
    if shards > 1:
        words = f"answers; Discord proposes {shards} connections, and one can serve {SHARD:,} servers at most"
        return warning("gateway", words)
    return fine("gateway", f"answers; {left:,} session starts left today, one connection is enough")


def invite(application_id: str) -> str:
    """The page where a server's manager adds the bot to it, with the permissions that it uses."""
    return INVITE.format(id=application_id, needed=NEEDED.value)


def guilds(application_id: str, found: Sequence[Json]) -> Finding:
    if not found:
        return warning("servers", "the bot isn't on a server yet", f"Invite it: {invite(application_id)}")
    names = ", ".join(str(guild.get("name")) for guild in found[:3])
    many = f"{PAGE} or more" if len(found) == PAGE else str(len(found))
    return fine("servers", f"on {many}: {names}{' …' if len(found) > 3 else ''}")


def registered(there: set[tuple[int, str]], ours: set[tuple[int, str]], *, same_text: bool | None) -> Finding:
    """Compares the commands by type and name. `same_text`: whether their texts are registered; None if unknown."""
    if there == ours and same_text:
        return fine("commands", f"{len(ours)} registered and up to date")
    if there == ours and same_text is None:
        return fine("commands", f"{len(ours)} registered; the next start updates them")
    if not there:
        return fine("commands", f"none registered yet; the next start registers {len(ours)}")
    new, old = sorted(name for _, name in ours - there), sorted(name for _, name in there - ours)
    changes = [f"new: {', '.join(new)}"] * bool(new) + [f"gone: {', '.join(old)}"] * bool(old)
    words = f"what Discord shows differs from this version ({'; '.join(changes) or 'their texts'})"
    return warning("commands", words, "They will be registered at the next start of the bot.")


def clock(ahead: float | None) -> Finding:
    if ahead is None:
        return warning("clock", "Discord's answer has no time to compare with")
    off = abs(ahead)
    words = f"this machine is {off:.0f} seconds {'ahead of' if ahead > 0 else 'behind'} Discord"
    if off > TOO_LATE:
        return failure("clock", f"{words}; links, leases and budgets of others go wrong", SET_THE_CLOCK)
    if off > LATE:
        return warning("clock", words, SET_THE_CLOCK)
    return fine("clock", f"within {LATE:.0f} seconds of Discord's")


async def _hello(url: str) -> None:
    address = URL(url).update_query({"v": "10", "encoding": "json"})
    async with aiohttp.ClientSession(connector=ProxyConnector()) as session, session.ws_connect(address) as socket:
        word = await socket.receive_json()
        if not isinstance(word, dict) or word.get("op") != HELLO:
            raise ValueError("it does not greet like Discord's gateway")


def _key(command: Json) -> tuple[int, str]:
    return int(command.get("type") or 1), str(command["name"])


async def _registered_text(records: Records | None) -> str | None:
    if records is None:
        return None
    registered = await records.read(COMMANDS, "")
    return None if registered is None else registered.digest
