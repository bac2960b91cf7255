"""Each promise in docs/explanation/reliability.md names an existing test."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "docs" / "explanation" / "reliability.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENT)))


FAULTS = (
    "kill before the intent commits",
    "kill between intent and saved id",
    "kill while rendering, downloading, after storing, posting, after the post",
    "SIGSTOP past the lease; two workers",
    "SIGTERM",
    "post whose answer was lost, then a death, then a refusal of the second try",
    "cancel at any moment, and a death around it",
    "several deaths, odd answers and a failing Discord at once",
    "poison job",
    "429",
    "400, 403, moderation; 401, 402, quota",
    "the bot or the owner is off the server while an order waits; Discord cannot be asked",
    "create 500, 502, 504, time-out, reset",
    "look 5xx, time-out; a hang that sends nothing",
    "truncated JSON, HTML with 200, unknown status, odd progress, id missing",
    "done, then queued again; one 404",
    "never finishes, stuck at 99 %",
    "a bare 403, which a network in between may give",
    "403 on looking at a paid job",
    "completed without a file, moderated output",
    "result address 403 or expired",
    "truncated download, wrong length, not MP4, 0 B, 5 GB, slow drip",
    "WebM and the like; a format that cannot be decoded",
    "turned, oblong, full-range and HDR videos; odd profiles and sound",
    "the original of a preview",
    "large text and profile chunks, a missing last byte, 48 megapixels",
    "twelve slow pictures of one member",
    "disk full",
    "a disk that answers with errors only",
    "a network drive that hangs without an error",
    "database locked, lost, failed over; task cancelled in a transaction",
    "power cut",
    "Discord 429, 5xx, reset",
    "a card edit refused or late; a job that ends before its card is known",
    "death between a result and the removal of its card",
    "death between an order and the note of where its card is",
    "gateway drop, missed events; interaction expired (10062), its token dead (50027)",
    "10003, 10008, 50001, 50013, 50007, 50083, server left",
    "upload too large: 413, 40005",
    "clock an hour off, clock step, bad created_at",
    "image bomb, odd images, addresses that lead elsewhere",
    "secrets in logs",
    "forged lines in the log; ids, headers and links of another shape",
    "half-open connections, too many of them, none left to accept with",
    "settings and catalogues in UTF-16, with CRLF, quotes, blanks, `~`; misspelt names",
    "amounts of any locale; `@everyone` as a role",
    "no way out but a proxy",
    "two bots with one token",
    "budget race, double click, edited price, refund after deletion",
    "a log whose disk stalls or is full, or that nobody reads",
    "upgrade or downgrade in flight, two versions at once",
    "mentions in echoed text",
    "backlog after an outage; backup restored",
)


def rows_of(table: str) -> list[str]:
    """The rows of the table whose first column has this name."""
    _, _, after = DOCUMENT.partition(f"| {table} | ")
    assert after, table
    return [line for line in after.partition("\n\n")[0].splitlines()[2:] if line.startswith("| ")]


def functions_of(file: str) -> set[str]:
    return set(re.findall(r"^(?:async )?def (\w+)", (ROOT / file).read_text(), re.MULTILINE))


def test_every_named_proof_exists() -> None:
    assert len(NAMED) > 100
    there = {file: functions_of(file) for file in {file for file, _ in NAMED} if (ROOT / file).exists()}
    assert [f"{file}::{name}" for file, name in NAMED if name not in there.get(file, ())] == []


def test_every_promise_names_a_proof() -> None:
    assert len(rows_of("Promise")) > 10
    assert [row for row in rows_of("Promise") if "::test_" not in row] == []
    assert len(re.findall(r"^\d+\. \*\*", DOCUMENT, re.MULTILINE)) == 10


def test_every_condition_names_a_proof() -> None:
    text = DOCUMENT.partition("## When a table")[2].partition("\n## ")[0]
    conditions = re.split(r"^\d+\. ", text, flags=re.MULTILINE)[1:]
    assert len(conditions) >= 10
    assert [words for words in conditions if "test" not in words and "suites above" not in words] == []


def test_every_fault_has_its_row_and_proof() -> None:
    rows = {fault: [row for row in rows_of("Fault") if row.startswith(f"| {fault}")] for fault in FAULTS}
    assert {fault: found for fault, found in rows.items() if len(found) != 1 or "::test_" not in found[0]} == {}


def test_no_fault_is_left_out() -> None:
    assert len(rows_of("Fault")) == len(FAULTS)


def test_every_edge_names_a_proof() -> None:
    assert len(rows_of("Edge")) > 15
    assert [row for row in rows_of("Edge") if "::test_" not in row] == []
