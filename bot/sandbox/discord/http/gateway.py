"""The WebSocket a bot listens on: hello, identify, heartbeats, events, resume; and what can go wrong with it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from bot.sandbox.discord.world.clock import Clock, Json
from bot.sandbox.discord.world.rules import Rules

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME = 0, 1, 2, 3, 4, 6
RECONNECT, MEMBERS, INVALID, HELLO, ACK = 7, 8, 9, 10, 11

GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
ALL_INTENTS = (1 << 26) - 1

UNKNOWN_OPCODE, BAD_FRAME, NOT_AUTHENTICATED, BAD_TOKEN, TWICE, TOO_FAST = 4001, 4002, 4003, 4004, 4005, 4008
TIMED_OUT, BAD_SHARD, BAD_INTENTS, FORBIDDEN_INTENTS = 4009, 4010, 4013, 4014
LOST = 1006  # closed without a close frame
ENDS_SESSION = {1000, 1001, BAD_TOKEN, TIMED_OUT, BAD_SHARD, BAD_INTENTS, FORBIDDEN_INTENTS}
CLOSING_SECONDS = 10.0  # until the other side's close frame; a busy machine needs some of them
COMMANDS_A_MINUTE = 120
REMEMBERED = 500  # events kept for a resume


@dataclass(slots=True, eq=False)
class Connection:
    """One socket. Outgoing messages wait in `outbox`; an integer there closes the socket with that code.

    `ended_with` is the code it was closed with, by whichever side was first.
    """

    socket: web.WebSocketResponse
    outbox: asyncio.Queue[Json | int] = field(default_factory=asyncio.Queue)
    session: Session | None = None
    ended_with: int | None = None
    writer: asyncio.Task[None] | None = None
    times: deque[float] = field(default_factory=lambda: deque(maxlen=COMMANDS_A_MINUTE))

    async def write(self) -> None:
        while isinstance(frame := await self.outbox.get(), dict):
            await self.socket.send_str(json.dumps(frame))
        await self.socket.close(code=frame)

    def send(self, op: int, data: Any = None) -> None:
        self.outbox.put_nowait({"op": op, "d": data, "s": None, "t": None})

    def close(self, code: int) -> None:
        self.ended_with = self.ended_with or code
        self.outbox.put_nowait(code)


@dataclass(slots=True, eq=False)
class Session:
    """What a bot receives between IDENTIFY and the end, over one connection or several."""

    id: str
    intents: int
    shard: tuple[int, int]
    seq: int = 0
    past: deque[Json] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    connection: Connection | None = None

    def push(self, event: str, data: Json) -> None:
        self.seq += 1
        frame = {"op": DISPATCH, "s": self.seq, "t": event, "d": data}
        self.past.append(frame)
        if self.connection is not None:
            self.connection.outbox.put_nowait(frame)

    def serves(self, guild_id: int | None) -> bool:
        number, count = self.shard
        return number == (0 if guild_id is None else (guild_id >> 22) % count)


class Gateway:
    """All sessions. `greeting` provides the data of READY, `guilds` the servers as (id, GUILD_CREATE).

    `members` are those of a server.
    """

    def __init__(
        self,
        token: str,
        *,
        clock: Clock,
        rules: Rules,
        greeting: Callable[[], Json],
        guilds: Callable[[], Sequence[tuple[int, Json]]],
        members: Callable[[int], Sequence[Json]],
        turned: Callable[[], None],
    ) -> None:
        self.url = ""
        self.hears_heartbeats = True  # False: acknowledgements are lost
        self.identifies = 0
        self.resumes = 0
        self._token = token
        self._clock = clock
        self._rules = rules
        self._greeting = greeting
        self._guilds = guilds
        self._members = members
        self._turned = turned
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()

    @property
    def online(self) -> bool:
        """Whether a bot is connected."""
        return any(session.connection is not None for session in self._sessions.values())

    def dispatch(self, event: str, data: Json, guild_id: int | None = None, intent: int = 0) -> None:
        """Send to every session of the shard that has the intent; disconnected ones get it when they resume."""
        for session in self._sessions.values():
            if session.serves(guild_id) and session.intents & intent == intent:
                session.push(event, data)

    def drop(self, code: int = 4000) -> None:
        """Close every connection with this code."""
        for connection in self._connections:
            connection.close(code)

    async def goodbye(self) -> None:
        """Close every connection, and wait until the other sides have heard of it, or for `CLOSING_SECONDS`."""
        self.drop(1001)
        writers = [connection.writer for connection in self._connections if connection.writer is not None]
        if writers:
            await asyncio.wait(writers, timeout=CLOSING_SECONDS)

    def reconnect(self) -> None:
        """Ask every bot to reconnect (op 7)."""
        for connection in self._connections:
            connection.send(RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell every bot that its session is invalid (op 9)."""
        for connection in list(self._connections):
            if not resumable and connection.session is not None:
                self._sessions.pop(connection.session.id, None)
            connection.send(INVALID, data=resumable)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to close."""
        socket = web.WebSocketResponse(max_msg_size=4096, compress=False, timeout=CLOSING_SECONDS)
        await socket.prepare(request)
        connection = Connection(socket)
        self._connections.add(connection)
        connection.writer = writer = asyncio.create_task(connection.write(), name="simulated gateway writer")
        try:
            connection.send(HELLO, {"heartbeat_interval": round(self._rules.heartbeat_seconds * 1000)})
            await self._read(connection)
        finally:
            self._leave(connection)
            connection.close(1000)
            with contextlib.suppress(ConnectionError):
                await writer
        return socket

    async def _read(self, connection: Connection) -> None:
        while True:
            try:
                message = await connection.socket.receive(timeout=self._rules.heartbeat_seconds * 2)
            except TimeoutError:
                connection.close(TIMED_OUT)
                return
            if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                connection.close(message.data if message.type is WSMsgType.CLOSE else LOST)
                return
            code = self._hear(connection, message.data)
            if code:
                connection.close(code)

    def _hear(self, connection: Connection, text: str | bytes) -> int:
        """Handle one frame; returns the code to close with, or 0."""
        try:
            frame = json.loads(text)
            op, data = frame["op"], frame.get("d")
        except (ValueError, KeyError, TypeError):
            return BAD_FRAME
        if op in {IDENTIFY, RESUME} and not isinstance(data, dict):
            return BAD_FRAME
        if self._too_fast(connection):
            return TOO_FAST
        if op == HEARTBEAT:
            if self.hears_heartbeats:
                self._acknowledge(connection)
            return 0
        if op == IDENTIFY:
            return self._identify(connection, data)
        if op == RESUME:
            return self._resume(connection, data)
        if op == MEMBERS and connection.session is not None:
            self._tell_members(connection.session, data or {})
        if op in {PRESENCE, VOICE, MEMBERS}:
            return 0 if connection.session else NOT_AUTHENTICATED
        return UNKNOWN_OPCODE

    def _tell_members(self, session: Session, asked: Json) -> None:
        """Those of the requested people who are on the server; requesting all members needs a privileged intent."""
        guild_id = int(asked.get("guild_id") or 0)
        wanted = {str(each) for each in asked.get("user_ids") or []}
        found = [member for member in self._members(guild_id) if member["user"]["id"] in wanted]
        missing = sorted(wanted - {member["user"]["id"] for member in found})
        chunk = {"guild_id": str(guild_id), "members": found, "chunk_index": 0, "chunk_count": 1}
        session.push("GUILD_MEMBERS_CHUNK", {**chunk, "not_found": missing, "nonce": asked.get("nonce")})

    def _acknowledge(self, connection: Connection) -> None:
        """With the delay of a network.

        discord.py records when it sent a heartbeat only after sending it, in another thread: an earlier acknowledgement
        is taken for one that was a whole interval late, and "Can't keep up" is logged.
        """
        asyncio.get_running_loop().call_later(self._rules.network_seconds, connection.send, ACK)

    def _too_fast(self, connection: Connection) -> bool:
        times, now = connection.times, self._clock.now()
        times.append(now)
        return len(times) == COMMANDS_A_MINUTE and now - times[0] < 60

    def _identify(self, connection: Connection, data: Json) -> int:
        self.identifies += 1
        if connection.session is not None:
            return TWICE
        if data.get("token") != self._token:
            return BAD_TOKEN
        number, count = data.get("shard") or (0, 1)
        if not 0 <= number < count:
            return BAD_SHARD
        intents = data.get("intents", 0)
        if intents & ~ALL_INTENTS:
            return BAD_INTENTS
        if intents & PRIVILEGED:
            return FORBIDDEN_INTENTS
        session = Session(secrets.token_hex(16), intents, (number, count))
        self._sessions[session.id] = session
        self._join(connection, session)
        self._welcome(session)
        return 0

    def _welcome(self, session: Session) -> None:
        guilds = [(guild_id, created) for guild_id, created in self._guilds() if session.serves(guild_id)]
        unavailable = [{"id": str(guild_id), "unavailable": True} for guild_id, _ in guilds]
        mine = {"session_id": session.id, "resume_gateway_url": self.url, "shard": list(session.shard)}
        session.push("READY", {**self._greeting(), **mine, "guilds": unavailable})
        for _, created in guilds if session.intents & GUILDS else []:
            session.push("GUILD_CREATE", {**created, "unavailable": False})

    def _resume(self, connection: Connection, data: Json) -> int:
        if data.get("token") != self._token:
            return BAD_TOKEN
        session, seen = self._sessions.get(data.get("session_id", "")), data.get("seq") or 0
        if session is None or (session.past and session.past[0]["s"] > seen + 1):
            connection.send(INVALID, data=False)
            return 0
        self.resumes += 1
        for frame in session.past:
            if frame["s"] > seen:
                connection.outbox.put_nowait(frame)
        self._join(connection, session)
        session.push("RESUMED", {"_trace": []})
        return 0

    def _join(self, connection: Connection, session: Session) -> None:
        if session.connection is not None:
            session.connection.close(4000)
        connection.session, session.connection = session, connection
        self._turned()

    def _leave(self, connection: Connection) -> None:
        self._connections.discard(connection)
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        if connection.ended_with in ENDS_SESSION:
            self._sessions.pop(session.id, None)
        self._turned()
