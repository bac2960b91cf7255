"""What counts as Discord's trouble, and what as a fault of ours."""

from __future__ import annotations

import pytest

from bot.ui.interactions.discord_errors import TROUBLE, closing_is_trouble


def test_a_closed_connection_is_trouble() -> None:
    with pytest.raises(TROUBLE, match="Session is closed"), closing_is_trouble():
        raise RuntimeError("Session is closed")


def test_any_other_runtime_error_is_a_fault_of_ours() -> None:
    with pytest.raises(RuntimeError, match="no running event loop"), closing_is_trouble():
        raise RuntimeError("no running event loop")
    assert not issubclass(RuntimeError, TROUBLE)
