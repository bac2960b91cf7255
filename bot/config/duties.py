"""What a process does: everything, or one part, beside other processes on the same database."""

from __future__ import annotations

from bot.config.started_as import COMMAND
from bot.data_classes import value_object
from bot.domain.errors import CannotStart


@value_object
class Duties:
    """`answers`: it is connected to the gateway and answers people. `works`: it runs the steps of jobs.

    `command` is what starts such a process.
    """

    command: str
    answers: bool = False
    works: bool = False

    @property
    def is_everything(self) -> bool:
        return self.answers and self.works


EVERYTHING = Duties(command="run", answers=True, works=True)
GATEWAY = Duties(command="run --no-work", answers=True)
WORK = Duties(command="work", works=True)
WEB = Duties(command="web")
BY_COMMAND = {duties.command: duties for duties in (EVERYTHING, GATEWAY, WORK, WEB)}


def check_duties(duties: Duties, database_url: str | None, http_port: int | None) -> None:
    """Raise CannotStart if such a process would be useless."""
    if not duties.is_everything and not (database_url or "").strip().startswith("postgres"):
        raise CannotStart(
            f"`{COMMAND} {duties.command}` is one of several processes, and they need DATABASE_URL=postgresql://…: a "
            f"SQLite file is for one machine, where `{COMMAND} run` does everything."
        )
    if duties is WEB and http_port is None:
        raise CannotStart(f"`{COMMAND} web` serves pages, so it needs HTTP_PORT.")
