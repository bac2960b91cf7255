"""Who answers people, of the processes that share a token and a database."""

from __future__ import annotations

from bot.answering_turn import AnsweringTurn
from bot.client import VideoBot
from bot.domain.ports.clock import Clock
from storage.db.database import Database
from storage.gateway_lock import SqlGatewayLock


def answering_turn(client: VideoBot, database: Database, clock: Clock) -> AnsweringTurn:
    """The client answers while it is its turn."""

    def decide(is_answering: bool) -> None:  # noqa: FBT001 (a yes or a no is all there is to say)
        client.is_answering = is_answering

    return AnsweringTurn(SqlGatewayLock(database=database, clock=clock), decide)
