"""Ports that are given before their server uses them."""

from __future__ import annotations

import socket

from tests.ports import OURS, free_port, free_ports


def test_no_port_is_given_twice() -> None:
    assert len(set(free_ports(200))) == 200


def test_a_port_is_none_of_those_that_systems_give_by_chance() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert listener.getsockname()[1] not in OURS
    assert free_port() in OURS
