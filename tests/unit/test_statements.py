"""The tests' cache of compiled SQL saves work and changes no results."""

from __future__ import annotations

from sqlalchemy import Connection, create_engine, literal, select

from tests.statements import compiled_once


def doubled(connection: Connection, number: int) -> int:
    answer: int = connection.execute(select(literal(number) * 2)).scalar_one()
    return answer


def test_two_databases_share_a_statement_and_each_answers_with_its_own_values() -> None:
    with compiled_once() as statements:
        one, other = create_engine("sqlite://"), create_engine("sqlite://")
        with one.connect() as first, other.connect() as second:
            assert [doubled(first, 2), doubled(second, 3), doubled(first, 4)] == [4, 6, 8]
        assert len(statements) == 1
        one.dispose()
        other.dispose()


def test_afterwards_each_has_its_own_again() -> None:
    with compiled_once() as statements:
        pass
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        assert doubled(connection, 2) == 4
    engine.dispose()
    assert len(statements) == 0
