"""Value objects behave as frozen data classes do, without methods of their own."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import field, replace

from bot.data_classes import value_object


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
