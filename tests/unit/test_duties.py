"""Which parts of Kinora a process may run alone."""

from __future__ import annotations

import pytest

from bot.config.duties import EVERYTHING, GATEWAY, WEB, WORK, Duties, check_duties
from bot.domain.errors import CannotStart

SHARED = "postgresql://kinora@db/kinora"


@pytest.mark.parametrize("url", [None, "sqlite:////data/kinora.db"])
@pytest.mark.parametrize(("duties", "named"), [(GATEWAY, "run --no-work"), (WORK, "work"), (WEB, "web")])
def test_a_part_needs_a_database_that_several_can_use(duties: Duties, named: str, url: str | None) -> None:
    with pytest.raises(CannotStart, match=rf"bot {named}` .* need DATABASE_URL=postgresql://…: a SQLite file"):
        check_duties(duties, url, 8080)
    check_duties(duties, SHARED, 8080)


def test_one_process_is_enough_on_sqlite() -> None:
    check_duties(EVERYTHING, None, None)


def test_pages_need_a_port() -> None:
    with pytest.raises(CannotStart, match="needs HTTP_PORT"):
        check_duties(WEB, SHARED, None)
