"""Which of the processes with the same token and database answers people."""

from __future__ import annotations

from bot.answering_turn import AnsweringTurn
from bot.client import VideoBot
from bot.domain.ports.clock import Clock
from bot.settings import Settings
from storage.db.database import Database
from storage.gateway_lock import SqlGatewayLock


def answering_turn(settings: Settings, client: VideoBot, database: Database, clock: Clock) -> AnsweringTurn:
    """The client answers during its turn."""
    turn = client.turn = AnsweringTurn(SqlGatewayLock(database=database, clock=clock), shards=settings.shards)
    return turn
