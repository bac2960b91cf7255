"""All text that people read is marked for translation."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.domain import errors
from bot.ui.text.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
MARKS = {"msg", "msg_n", "locale_str"}
ERRORS = {name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.KinoraError)}
TOLD = {"reason", "waits_for"}  # fields of phases
SHOWN = {"label", "title", "text", "description", "placeholder", "content"}  # of what Discord draws
WORDS = re.compile(r"[A-Za-z]\S* +\S*[A-Za-z]")  # at least two words
SENTENCE = re.compile(r"[A-Z]\S* .*[.!?…]", re.DOTALL)
# Not read by people, or identical in every language.
TECHNICAL = re.compile(
    r"acknowledge in time|refresh the queue|cards of .*"  # names of tasks
    r"|picture choices"  # keys of records
    r"|Session is closed|Event loop is closed"  # for recognizing errors of aiohttp and asyncio
    r"|US \?.*"  # a pattern
    r"|View Channel|Send Messages( in Threads)?|Attach Files|Read Message History"  # Discord's names
    r"|Create Public Threads"  # likewise
)
LEFT_OUT = ("bot/ui/text/", "storage/migrations/", "bot/domain/prompting/instructions.py")  # a model reads the last


def rooms(*tops: str) -> list[Path]:
    paths = [path for top in tops for path in sorted((ROOT / top).rglob("*.py"))]
    return [path for path in paths if not path.relative_to(ROOT).as_posix().startswith(LEFT_OUT)]


def unmarked(source: str, *, screens: bool) -> Iterator[tuple[int, str]]:
    """Line and text of each unmarked literal that people would read; in `screens`, of each with several words."""
    tree = ast.parse(source)
    for node, inside in _literals(tree, ()):
        text = _text_of(node)
        read = bool(WORDS.search(text)) if screens else bool(SENTENCE.fullmatch(text))
        if (read or _is_told(text, inside, screens=screens)) and not TECHNICAL.fullmatch(text):
            yield node.lineno, text


def _is_told(text: str, inside: tuple[str, ...], *, screens: bool) -> bool:
    """Whether it is passed to an error, a phase, or something that Discord displays."""
    told = bool(ERRORS & set(inside)) or bool(TOLD & set(inside)) or (screens and bool(SHOWN & set(inside)))
    return told and bool(re.search("[A-Za-z]", text))


def _literals(node: ast.AST, inside: tuple[str, ...]) -> Iterator[tuple[ast.Constant | ast.JoinedStr, tuple[str, ...]]]:
    """All string literals except docstrings, logs and marked text, with the calls and arguments around them."""
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node, inside
    elif isinstance(node, ast.Call):
        name = _name_of(node.func)
        if name not in MARKS and not _is_log(node.func):
            yield from _literals(node.func, (*inside, name))
            for each in node.args:
                yield from _literals(each, (*inside, name))
            for keyword in node.keywords:
                yield from _literals(keyword.value, (*inside, name, keyword.arg or ""))
    elif isinstance(node, ast.Subscript):
        yield from _literals(node.value, inside)  # types, and keys
    elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        for child in ast.iter_child_nodes(node):
            yield from _literals(child, inside)


def _name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _is_log(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "log"


def _text_of(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def test_nothing_that_people_read_is_left_unmarked() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for screens, tops in ((True, ("bot/ui", "cogs")), (False, ("bot/domain", "bot/jobs", "bot/media", "storage")))
        for path in rooms(*tops)
        for line, text in unmarked(path.read_text(), screens=screens)
    ]
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize(
    ("screens", "line"),
    [
        (True, 'TextDisplay("Your videos")'),
        (True, 'TextDisplay(f"**{name}** is gone")'),
        (True, 'Button(label="Cancel")'),
        (True, 'TITLES = {1: "Your videos"}'),
        (False, 'raise BadRequest("no")'),
        (False, 'raise Refused(f"{model} said no", Cause.INVALID)'),
        (False, 'Failed(cause=cause, reason="broke")'),
        (False, 'BUSY = "The service is busy."'),
    ],
)
def test_an_unmarked_sentence_would_be_found(screens: bool, line: str) -> None:
    assert list(unmarked(line, screens=screens))


@pytest.mark.parametrize(
    "line",
    ['BUSY = msg("The service is busy.")', 'log.info("it is %s", it)', '"""A docstring."""', 'x: Literal["a b"]'],
)
def test_what_is_marked_or_not_read_is_not_found(line: str) -> None:
    assert not list(unmarked(line, screens=True))


def test_a_marked_sentence_is_a_literal() -> None:
    """Extraction would miss anything else."""
    odd = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted({*rooms("bot", "cogs", "storage"), *(ROOT / "bot/ui/text").rglob("*.py")})
        if "msg" in (source := path.read_text())
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and _name_of(node.func) in {"msg", "msg_n"} and not _is_literal(node)
    ]
    assert not odd, odd


def _is_literal(call: ast.Call) -> bool:
    texts = call.args[: 2 if _name_of(call.func) == "msg_n" else 1]
    return bool(texts) and all(isinstance(text, ast.Constant) and isinstance(text.value, str) for text in texts)


def test_extraction_finds_what_people_read(tmp_path: Path) -> None:
    file = tmp_path / "kinora.pot"
    assert main(["extract", str(file)]) == 0
    with file.open("rb") as written:
        template = read_po(written)
    found = {each if isinstance(each, str) else each[0] for each in (message.id for message in template)}
    assert {
        "There's no video with that id here. `/history` lists yours.",  # an error of the domain
        "The order couldn't be sent in time, so nothing was ordered yet. Kinora tries again.",  # a reason to wait
        (
            "This video costs {price}, but this server has only {left} of its {cap} budget for {month} left. "
            "You weren't charged. A server manager can raise the budget with `/settings budget`."  # from storage
        ),
        "🚫 **Cancelled** by {member}. {money}",  # on a card
        "{count} video",  # a plural
        "Edit the prompt",  # on a button
        "What should change?",  # in a form
        "Videos, newest first: yours, or the server's for those who may see them",  # a command
        "Remix this video",  # a menu
        "That message isn't a Kinora video.",
    } <= found
    (videos,) = [message for message in template if message.id == ("{count} video", "{count} videos")]
    assert videos.python_brace_format
