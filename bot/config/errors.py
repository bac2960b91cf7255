"""Turns pydantic's errors about a setting into sentences for the host."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic_core import ErrorDetails

from bot.config.started_as import COMMAND

# pydantic's kinds of errors in words; the fields in braces are its own.
WORDS: Mapping[str, str] = {
    "int_parsing": "it has to be a whole number",
    "int_from_float": "it has to be a whole number",
    "greater_than": "it has to be more than {gt}",
    "greater_than_equal": "it has to be at least {ge}",
    "less_than_equal": "it has to be at most {le}",
    "enum": "it has to be {expected}",
    "bool_parsing": "it has to be True or False",
    "tuple_type": 'it has to be a list, such as ["cdn.example.com"]',
    "string_type": "everything in its list has to be in quotes",
}


def sentence_of(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    words = WORDS.get(error["type"], "").format_map(context) or error["msg"].removeprefix("Value error, ")
    if not error["loc"]:
        return f"{words}."
    name = str(error["loc"][0]).upper()
    if error["type"] == "missing":
        return f"{name} is not set. Run `{COMMAND} setup`, or put it in .env (see .env.example)."
    return f"{name} is not right: {words.rstrip('.')}."
