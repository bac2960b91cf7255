"""Value objects behave like frozen data classes, without methods of their own."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field, fields, replace
from threading import Barrier
from typing import Any, ClassVar

import pytest
from pydantic import TypeAdapter

from bot.data_classes import value_object, wired


@value_object
class Account:
    name: str
    key: str = field(default="", repr=False)
    seen: Mapping[str, int] = field(default_factory=dict, hash=False)
    note: str = field(default="", compare=False)


@value_object
class Other:
    name: str


@value_object
class Nothing:
    pass


@value_object(kw_only=False)
class Named:
    name: str

    def __repr__(self) -> str:
        return "hidden"


def test_values_with_the_same_fields_are_equal() -> None:
    assert Account(name="a", key="k") == Account(name="a", key="k")
    assert Account(name="a", key="k") != Account(name="a", key="other")
    assert Nothing() == Nothing()


def test_values_of_two_classes_are_never_equal() -> None:
    account: object = Account(name="a")
    assert account != Other(name="a")
    assert account != "a"


def test_a_field_left_out_of_the_comparison_makes_no_difference() -> None:
    assert Account(name="a", note="one") == Account(name="a", note="two")
    assert hash(Account(name="a", note="one")) == hash(Account(name="a", note="two"))


def test_values_that_are_equal_are_one_key() -> None:
    assert {Account(name="a", seen={"x": 1}), Account(name="a", seen={"x": 1})} == {Account(name="a", seen={"x": 1})}
    assert {Nothing(): "found"}[Nothing()] == "found"


def test_a_field_kept_out_of_the_text_is_not_in_it() -> None:
    assert repr(Account(name="a", key="secret")) == "Account(name='a', seen={}, note='')"


def test_a_class_keeps_the_text_it_has_of_its_own() -> None:
    assert repr(Named("a")) == "hidden"


def test_a_value_is_changed_by_making_another() -> None:
    account = Account(name="a", key="k")
    assert replace(account, name="b") == Account(name="b", key="k")
    assert account.name == "a"


def test_a_value_has_no_room_for_other_fields() -> None:
    assert not hasattr(Other(name="a"), "__dict__")


def test_a_value_goes_to_another_process_and_back() -> None:
    assert pickle.loads(pickle.dumps(Account(name="a", key="k"))) == Account(name="a", key="k")  # noqa: S301 - our own


@value_object
class Titled(Other):
    title: str = "none"


@value_object(kw_only=False)
class Placed:
    row: int
    column: int = 1
    marks: Sequence[str] = field(default_factory=list)


@value_object
class Noticed:
    fields: Sequence[str] = field(default_factory=list)
    seen: int = field(default=0, init=False)
    heard: Sequence[str] = field(default_factory=list, init=False)
    order: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "seen", self.seen + 1)


@wired
class Store:
    place: str
    limit: int = 3
    kept: Sequence[str] = field(default_factory=list)
    opened: Sequence[str] = field(default_factory=list, init=False)


@wired
class LargeStore(Store):
    limit: int = 300


def test_values_have_the_defaults_of_their_fields() -> None:
    placed, other = Placed(2), Placed(2, 3, ["a"])
    assert (placed.row, placed.column, placed.marks) == (2, 1, [])
    assert (other.row, other.column, other.marks) == (2, 3, ["a"])
    assert Placed(2).marks is not placed.marks


def test_a_value_has_the_fields_of_the_class_it_builds_on() -> None:
    titled = Titled(name="a")
    assert (titled.name, titled.title) == ("a", "none")
    assert Other(name="a") == Other(name="a")


def test_fields_that_nobody_gives_are_made_and_what_follows_is_done_each_time() -> None:
    made = [Noticed(order="a"), Noticed(order="b", fields=["x"])]
    assert [(each.order, each.fields, each.seen, each.heard) for each in made] == [
        ("a", [], 1, []),
        ("b", ["x"], 1, []),
    ]
    assert made[0].heard is not made[1].heard


@pytest.mark.parametrize("given", [{}, {"name": "a", "age": 1}])
def test_a_value_is_made_of_its_fields_and_of_nothing_else(given: Mapping[str, Any]) -> None:
    for _ in range(2):  # the first instance of a class is made differently
        with pytest.raises(TypeError, match=r"Other\.__init__\(\)"):
            Other(**given)


def test_values_are_made_by_name_where_their_class_says_so() -> None:
    by_place: Any = Titled
    with pytest.raises(TypeError, match=r"Titled\.__init__\(\)"):
        by_place("a")


def test_many_threads_make_the_first_values_of_a_class() -> None:
    @value_object
    class Fresh:
        number: int

    together = Barrier(8)

    def made(number: int) -> Fresh:
        together.wait(5)
        return Fresh(number=number)

    with ThreadPoolExecutor(8) as threads:
        assert [each.number for each in threads.map(made, range(8))] == list(range(8))


def test_what_is_wired_takes_its_parts_and_equals_itself_alone() -> None:
    store, other = Store(place="here"), Store(place="here", limit=4, kept=["a"])
    assert (store.place, store.limit, store.kept, store.opened) == ("here", 3, [], [])
    assert (other.limit, other.kept) == (4, ["a"])
    assert store != Store(place="here")
    assert store.opened is not other.opened
    assert LargeStore(place="there").limit == 300


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Store is wired without 'place'"),
        ({"place": "here", "size": 1, "door": 2}, "Store has no 'size', 'door'"),
        ({"place": "here", "opened": []}, "Store has no 'opened'"),
    ],
)
def test_what_is_wired_needs_its_parts_and_takes_no_others(given: Mapping[str, Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        Store(**given)


def test_pydantic_reads_what_was_written_of_the_fields() -> None:
    assert [each.type for each in fields(Account)] == ["str", "str", "Mapping[str, int]", "str"]
    read = TypeAdapter(Account).validate_python({"name": "a", "seen": {"sora-2": "5"}})
    assert read.seen == {"sora-2": 5}


@pytest.mark.parametrize("kind", [value_object, wired])
def test_what_belongs_to_the_class_is_no_field(kind: Callable[[type[object]], type[object]]) -> None:
    class Button:
        style: ClassVar[str] = "primary"
        label: str

    assert [each.name for each in fields(kind(Button))] == ["label"]  # type: ignore[arg-type]
