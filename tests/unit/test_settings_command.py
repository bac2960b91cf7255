"""/settings: what its options mean."""

from __future__ import annotations

import pytest

from bot.domain.errors import BadRequest
from bot.domain.guild import AccessPolicy
from cogs.settings import Decision, decided

GUILD = 42  # @everyone is the role with the server's own id
ROLE = 7


def test_granting_the_role_everyone_opens_the_server() -> None:
    assert decided(GUILD, None, GUILD, None) == Decision(opening=AccessPolicy.EVERYONE)
    assert decided(GUILD, AccessPolicy.EVERYONE, GUILD, None) == Decision(opening=AccessPolicy.EVERYONE)


def test_revoking_the_role_everyone_closes_it() -> None:
    assert decided(GUILD, None, ROLE, GUILD) == Decision(opening=AccessPolicy.GRANTED, grant=ROLE)


def test_another_role_is_granted_and_revoked_as_it_is() -> None:
    assert decided(GUILD, None, ROLE, 8) == Decision(grant=ROLE, revoke=8)


@pytest.mark.parametrize(
    ("opening", "grant", "revoke"), [(AccessPolicy.GRANTED, GUILD, None), (None, GUILD, GUILD)], ids=str
)
def test_options_that_contradict_one_another_are_asked_about(
    opening: AccessPolicy | None, grant: int | None, revoke: int | None
) -> None:
    with pytest.raises(BadRequest, match="Choose one"):
        decided(GUILD, opening, grant, revoke)
