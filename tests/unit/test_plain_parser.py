"""The error for a mistyped command or option suggests the closest one."""

from __future__ import annotations

import pytest

from bot.config import command_line
from bot.config.plain_parser import EX_USAGE, PlainParser


def the_doctors_parser() -> PlainParser:
    parser = PlainParser(prog="kinora")
    command_line.add_doctor(parser.add_subparsers(dest="task"))
    return parser


def the_importers_parser() -> PlainParser:
    parser = PlainParser(prog="kinora")
    command_line.add_videos(parser.add_subparsers(dest="task"))
    return parser


def a_parser() -> PlainParser:
    parser = PlainParser(prog="kinora")
    tasks = parser.add_subparsers(dest="task")
    tasks.add_parser("run").add_argument("--no-work", action="store_true")
    tasks.add_parser("doctor").add_argument("--channel", type=int)
    tasks.add_parser("backup").add_argument("folder")
    stats = tasks.add_parser("stats")
    stats.add_argument("--since")
    stats.add_mutually_exclusive_group().add_argument("--json", action="store_true")
    files = tasks.add_parser("files").add_subparsers(dest="what", required=True)
    files.add_parser("move").add_argument("--to", required=True)
    return parser


def test_the_help_of_a_command_says_first_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        the_doctors_parser().parse_args(["doctor", "--help"])
    usage, said, *_ = capsys.readouterr().out.split("\n\n")
    assert usage.startswith("usage: kinora doctor [-h]")
    assert said == "Check your setup (read-only)."


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("nothing", "`kinora` does not know 'nothing'. `kinora --help` shows what there is."),
        (
            "dcotor",
            "`kinora` does not know 'dcotor'. Did you mean `kinora doctor`? `kinora --help` shows what there is.",
        ),
        ("--once fox", "`kinora` does not know '--once'. `kinora --help` shows what there is."),
        ("run --nowork", "`kinora run` does not know '--nowork'. Did you mean `kinora run --no-work`?"),
        ("stats --jsn", "`kinora stats` does not know '--jsn'. Did you mean `kinora stats --json`?"),
        ("files mvoe", "`kinora files` does not know 'mvoe'. Did you mean `kinora files move`?"),
        ("backup one two", "`kinora backup` does not know 'two'. `kinora backup --help` shows what there is."),
    ],
    ids=[
        "strange command",
        "slip",
        "option of another command",
        "option",
        "option of a group",
        "command of a command",
        "one too many",
    ],
)
def test_a_wrong_word_is_answered_with_the_nearest_right_one(
    typed: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal_of(typed, capsys)
    assert said.startswith(sentence)
    assert said.endswith("--help` shows what there is.\n")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("backup", "`kinora backup`: the following arguments are required: folder. `kinora backup --help`"),
        ("files", "`kinora files` needs a command: move. `kinora files --help`"),
        ("doctor --channel here", "`kinora doctor`: --channel has to be a whole number, not 'here'."),
    ],
    ids=["nothing", "no command", "no number"],
)
def test_a_value_that_is_missing_or_of_the_wrong_kind_is_named(
    typed: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refusal_of(typed, capsys).startswith(words)


def refusal_of(typed: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        a_parser().parse_args(typed.split())
    assert ended.value.code == EX_USAGE
    said = capsys.readouterr()
    assert not said.out
    return said.err


@pytest.mark.parametrize("patience", ["nan", "-5", "0", "inf", "soon"])
def test_a_time_limit_is_a_number_of_seconds(patience: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        the_doctors_parser().parse_args(["doctor", "--patience", patience])
    assert ended.value.code == EX_USAGE
    said = capsys.readouterr().err
    assert said.startswith(f"`kinora doctor`: argument --patience: {patience!r} is not a number of seconds above 0.")


@pytest.mark.parametrize("written", ["-1", "0", "here", "9" * 19, "1_000"])
def test_an_id_is_one_that_somebody_may_have_wherever_it_is_given(
    written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for parser, words in (
        (the_doctors_parser(), ["doctor", "--channel", written]),
        (the_importers_parser(), ["import", "videos", "--guild", "5", "--member", written]),
    ):
        with pytest.raises(SystemExit) as ended:
            parser.parse_args(words)
        assert ended.value.code == EX_USAGE
        assert f": {written!r} is no id of Discord." in capsys.readouterr().err
    channel = ["import", "videos", "--guild", "5", "--member", "6", "--channel", " 1234567890123456789 "]
    assert the_importers_parser().parse_args(channel).channel == 1234567890123456789


@pytest.mark.parametrize("before", ["", "doctor --channel "], ids=["a command", "a number"])
def test_of_a_word_as_long_as_a_file_the_first_part_is_said(before: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(refusal_of(before + "x" * 20_000, capsys)) < 250


def test_what_is_right_is_read_as_it_always_was() -> None:
    parsed = a_parser().parse_args(["files", "move", "--to", "s3://videos"])
    assert (parsed.task, parsed.what, parsed.to) == ("files", "move", "s3://videos")
    assert a_parser().parse_args([]).task is None


def test_help_is_a_word_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        a_parser().parse_args(["help"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: kinora [-h]")
