"""Discord's error answers: a status, a JSON code, a sentence, and for forms a tree that points at the errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.sandbox.discord.world.clock import Json

Step = str | int
INVALID_FORM = 50035


class Fault(Exception):
    """An error answer. `headers` are sent with it."""

    def __init__(
        self, status: int, code: int, message: str, errors: Json | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.headers = headers or {}
        self.body: Json = {"message": message, "code": code}
        if errors:
            self.body["errors"] = errors


def unauthorized() -> Fault:
    return Fault(401, 0, "401: Unauthorized")


def not_found() -> Fault:
    return Fault(404, 0, "404: Not Found")


def broken() -> Fault:
    return Fault(500, 0, "500: Internal Server Error")


def unknown_channel() -> Fault:
    return Fault(404, 10003, "Unknown Channel")


def unknown_guild() -> Fault:
    return Fault(404, 10004, "Unknown Guild")


def unknown_member() -> Fault:
    return Fault(404, 10007, "Unknown Member")


def unknown_message() -> Fault:
    return Fault(404, 10008, "Unknown Message")


def unknown_user() -> Fault:
    return Fault(404, 10013, "Unknown User")


def unknown_webhook() -> Fault:
    return Fault(404, 10015, "Unknown Webhook")


def unknown_interaction() -> Fault:
    return Fault(404, 10062, "Unknown interaction")


def unknown_command() -> Fault:
    return Fault(404, 10063, "Unknown application command")


def too_large() -> Fault:
    return Fault(413, 40005, "Request entity too large")


def already_acknowledged() -> Fault:
    return Fault(400, 40060, "Interaction has already been acknowledged.")


def missing_access() -> Fault:
    return Fault(403, 50001, "Missing Access")


def others_message() -> Fault:
    return Fault(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> Fault:
    return Fault(400, 50006, "Cannot send an empty message")


def closed_to_you() -> Fault:
    return Fault(403, 50007, "Cannot send messages to this user")


def no_mutual_servers() -> Fault:
    return Fault(403, 50278, "Cannot send messages to this user due to having no mutual guilds")


def no_text_channel() -> Fault:
    return Fault(400, 50008, "Cannot send messages in a non-text channel")


def missing_permissions() -> Fault:
    return Fault(403, 50013, "Missing Permissions")


def dead_token() -> Fault:
    return Fault(401, 50027, "Invalid Webhook Token")


def archived() -> Fault:
    return Fault(400, 50083, "Thread is archived")


def bad_json() -> Fault:
    return Fault(400, 50109, "The request body contains invalid JSON.")


def no_history() -> Fault:
    return Fault(403, 160002, "Cannot reply without permission to read message history")


def thread_begun_already() -> Fault:
    return Fault(400, 160004, "A thread has already been created for this message")


def locked() -> Fault:
    return Fault(403, 160005, "Thread is locked")


class FormBody:
    """A request body that is being checked. Faults are collected, each with its location, and raised together."""

    def __init__(
        self, data: Any, path: tuple[Step, ...] = (), faults: list[tuple[tuple[Step, ...], Json]] | None = None
    ) -> None:
        self.data: Json = data if isinstance(data, dict) else {}
        self._path = path
        self._faults = faults if faults is not None else []
        if not isinstance(data, dict):
            self.wrong("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")

    def wrong(self, code: str, message: str, *at: Step) -> None:
        self._faults.append(((*self._path, *at), {"code": code, "message": message}))

    def finish(self) -> None:
        """Raise 400 / 50035 if anything was wrong."""
        if self._faults:
            raise Fault(400, INVALID_FORM, "Invalid FormBody Body", self._tree())

    def _tree(self) -> Json:
        tree: Json = {}
        for path, fault in self._faults:
            node = tree
            for step in path:
                node = node.setdefault(str(step), {})
            node.setdefault("_errors", []).append(fault)
        return tree

    def inside(self, key: str) -> FormBody:
        return FormBody(self.data.get(key), (*self._path, key), self._faults)

    def each(self, key: str, *, least: int = 0, most: int) -> Iterator[FormBody]:
        """The objects of a list, whose length is checked; none if it is absent or null."""
        items = self.data.get(key)
        if items is None:
            if least:
                self.required(key)
            return
        if not isinstance(items, list):
            self.wrong("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType", key)
            return
        self._length(key, len(items), least, most)
        for index, item in enumerate(items):
            yield FormBody(item, (*self._path, key, index), self._faults)

    def required(self, key: str) -> None:
        if self.data.get(key) is None:
            self.wrong("BASE_TYPE_REQUIRED", "This field is required", key)

    def text(self, key: str, *, most: int, least: int = 0, required: bool = False) -> str:
        value = self.data.get(key)
        if value is None:
            if required:
                self.required(key)
            return ""
        if not isinstance(value, str):
            self.wrong("STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.', key)
            return ""
        self._length(key, len(value), least, most)
        return value

    def number(self, key: str, *, least: int, most: int, required: bool = False) -> int | None:
        value = self.data.get(key)
        if value is None:
            if required:
                self.required(key)
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.', key)
            return None
        if value < least:
            self.wrong("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.", key)
        elif value > most:
            self.wrong("NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.", key)
        return value

    def one_of(self, key: str, allowed: tuple[int, ...]) -> int:
        """One of the allowed numbers; 0 if it is none of them."""
        value = self.data.get(key)
        if value not in allowed or isinstance(value, bool):
            listed = ", ".join(str(choice) for choice in allowed)
            self.wrong("BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.", key)
            return 0
        return int(value)

    def _length(self, key: str, length: int, least: int, most: int) -> None:
        if least <= length <= most:
            return
        if least:
            self.wrong("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.", key)
        else:
            self.wrong("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.", key)
