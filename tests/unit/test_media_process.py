"""The media processor's child processes: whatever happens in one, Kinora goes on, and nothing is left behind."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.errors import BadRequest, SpoiltVideo
from bot.domain.media import Fit, FramePosition
from bot.domain.messages import Count, Foreign, Term, plain
from bot.domain.video import Size
from bot.media import processor
from bot.media.processor import SubprocessMediaProcessor
from bot.media.refusals import ANOTHER_KIND, HEIC, TOO_FEW_PIXELS, about, packed, unpacked
from bot.media.worker.message import WorkerMessage
from bot.media.worker.process import Crashed, converse

SIZE = Size(128, 72)
PATIENCE = 30.0  # seconds
ENDLESS = """
line = open(message.head['lifeline'], 'w')
print('born', file=line, flush=True)
while True: time.sleep(1)
"""
Faulty = Callable[[str], str]


class Lifeline:
    """A named pipe that a process holds open as long as it lives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self.end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    async def taken(self) -> None:
        held = asyncio.Event()
        asyncio.get_running_loop().add_reader(self.end, held.set)
        async with asyncio.timeout(PATIENCE):
            await held.wait()
        asyncio.get_running_loop().remove_reader(self.end)

    def is_cut(self) -> bool:
        """Whether no process holds it open any more; BlockingIOError if one does."""
        return os.read(self.end, 100) in {b"", b"born\n"} and os.read(self.end, 100) == b""


@pytest.fixture
def lifeline(tmp_path: Path) -> Iterator[Lifeline]:
    line = Lifeline(tmp_path / "lifeline")
    yield line
    os.close(line.end)


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Faulty:
    """Writes a task with this body, and returns its module's name."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def write(body: str) -> str:
        ours = "from bot.media.worker.child import serve\nfrom bot.media.worker.message import WorkerMessage\n"
        head = f"import os, sys, time\n{ours}"
        lines = "\n".join(f"    {line}" for line in body.splitlines())
        (tmp_path / "faulty.py").write_text(f"{head}def task(message):\n{lines}\nserve(task)\n")
        return "faulty"

    return write


async def test_a_picture_is_fitted_while_other_work_goes_on() -> None:
    cursors = 0

    async def other_work() -> None:
        nonlocal cursors
        while True:
            cursors += 1
            await asyncio.sleep(0.001)

    other = asyncio.create_task(other_work())
    fitted = await SubprocessMediaProcessor().fit(picture("red"), SIZE, Fit.CROP)
    other.cancel()

    assert Image.open(io.BytesIO(fitted.png)).size == (128, 72)
    assert Image.open(io.BytesIO(fitted.preview)).format == "JPEG"
    assert fitted.note == "cropped from 200x200 to 128x72"
    assert cursors > 5


async def test_a_refusal_keeps_its_words_on_the_way_out_of_the_process() -> None:
    with pytest.raises(BadRequest, match="This is a web page, which can't be used"):
        await SubprocessMediaProcessor().fit(b"<html>not a picture</html>", SIZE, Fit.CROP)


async def test_an_empty_and_a_heavy_picture_are_refused_without_starting_a_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")

    with pytest.raises(BadRequest, match=r"^The image is empty, .* You weren't charged\.$"):
        await SubprocessMediaProcessor().fit(b"", SIZE, Fit.CROP)
    with pytest.raises(BadRequest, match=r"^The image is 25\.0 MB\. The limit is 20 MB\. .* You weren't charged\.$"):
        await SubprocessMediaProcessor().fit(bytes(25 * 1024 * 1024), SIZE, Fit.CROP)


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(BadRequest, match=r"took too long to read\. .* You weren't charged\.$"):
        await SubprocessMediaProcessor(picture_seconds=0.001).fit(picture("red"), SIZE, Fit.CROP)


async def test_a_video_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    media = SubprocessMediaProcessor(video_seconds=0.001)

    with pytest.raises(SpoiltVideo, match="couldn't be read to the end within"):
        await media.still(tmp_path / "clip.mp4", SIZE, FramePosition.FIRST)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes of this kind")
async def test_a_process_is_killed_when_its_time_is_up(faulty: Faulty, lifeline: Lifeline) -> None:
    with pytest.raises(TimeoutError):
        await converse(faulty(ENDLESS), WorkerMessage(head={"lifeline": str(lifeline.path)}), 0.5)

    assert lifeline.is_cut()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes of this kind")
async def test_a_process_is_killed_when_nobody_waits_for_it_any_more(faulty: Faulty, lifeline: Lifeline) -> None:
    message = WorkerMessage(head={"lifeline": str(lifeline.path)})
    asking = asyncio.create_task(converse(faulty(ENDLESS), message, PATIENCE))
    await lifeline.taken()

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert lifeline.is_cut()


async def test_a_process_that_crashes_takes_nothing_with_it(faulty: Faulty) -> None:
    with pytest.raises(Crashed):
        await converse(faulty("os.abort()"), WorkerMessage(head={}), PATIENCE)


async def test_an_unforeseen_error_counts_as_a_crash(faulty: Faulty, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Crashed):
        await converse(faulty("raise IndexError('deep inside')"), WorkerMessage(head={}), PATIENCE)

    assert "IndexError: deep inside" in caplog.text


async def test_a_crash_is_told_in_words_a_person_can_use(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    async def crash(module: str, message: WorkerMessage, seconds: float, _begun: Process | None) -> WorkerMessage:
        assert _begun is None
        raise Crashed(module, message, seconds)

    monkeypatch.setattr(processor, "converse", crash)

    with pytest.raises(BadRequest, match=r"^The image is damaged .* You weren't charged\.$"):
        await SubprocessMediaProcessor().fit(picture("red"), SIZE, Fit.CROP)
    with pytest.raises(SpoiltVideo, match="is damaged and couldn't be read to the end"):
        await SubprocessMediaProcessor().inspect(tmp_path / "a.mp4", tmp_path / "p.webp", tmp_path / "s.jpg")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
async def test_a_process_cannot_use_up_the_memory(faulty: Faulty, caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Crashed):
        await converse(faulty("bytearray(2 << 30)"), WorkerMessage(head={}), PATIENCE)

    assert "MemoryError" in caplog.text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no niceness")
async def test_a_process_is_told_no_secrets_and_gives_way_to_others(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "canary")

    answer = await converse(
        faulty("return WorkerMessage(head={'names': sorted(os.environ), 'nice': os.nice(0)})"),
        WorkerMessage(head={}),
        PATIENCE,
    )

    assert "DISCORD_TOKEN" not in answer.head["names"]
    assert answer.head["nice"] == os.nice(0) + 10


async def test_what_a_library_prints_does_not_get_into_the_answer(faulty: Faulty) -> None:
    answer = await converse(
        faulty("os.write(1, b'warning')\nprint('more')\nreturn WorkerMessage(head={}, parts=message.parts[::-1])"),
        WorkerMessage(head={}, parts=(b"one", b"\n", b"")),
        PATIENCE,
    )

    assert answer.parts == (b"", b"\n", b"one")


async def test_a_broken_installation_is_not_blamed_on_the_file() -> None:
    with pytest.raises(RuntimeError, match="No module named"):
        await converse("bot.media.nowhere", WorkerMessage(head={}, parts=(bytes(5_000_000),)), PATIENCE)


async def test_no_more_processes_run_at_once_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0

    async def slow(module: str, message: WorkerMessage, seconds: float, _begun: Process | None) -> WorkerMessage:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(10):
            await asyncio.sleep(0)
        running -= 1
        return WorkerMessage(head={"note": f"{module} {seconds}"}, parts=(message.parts[0], b""))

    monkeypatch.setattr(processor, "converse", slow)
    media = SubprocessMediaProcessor(at_once=2)

    await asyncio.gather(*(media.fit(b"picture", SIZE, Fit.CROP) for _ in range(7)))

    assert (running, most) == (0, 2)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"head": {}, "lengths": [5]}\n1234', b'{"head": {}, "lengths": []}\nx'])
def test_a_message_that_is_not_complete_is_noticed(data: bytes) -> None:
    with pytest.raises((ValueError, KeyError)):
        WorkerMessage.unpacked(data)


def picture(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (200, 200), colour).save(file, "PNG")
    return file.getvalue()


def test_a_process_says_our_sentences_and_no_others() -> None:
    said = about(TOO_FEW_PIXELS, size=Term("10x10"), least=Count(64))
    heard = unpacked(json.loads(json.dumps(packed(said))))
    assert (heard.text, str(heard)) == (said.text, str(said))
    nested = unpacked(json.loads(json.dumps(packed(about(ANOTHER_KIND, kind=HEIC)))))
    assert str(nested).startswith("This is a HEIC photo, which can't be used.")
    assert unpacked({"text": "[free](https://e.org)", "values": {}}) == plain("[free](https://e.org)")
    assert unpacked({"text": ANOTHER_KIND.text, "values": {"kind": "[x]"}}).params == {"kind": Foreign("[x]")}


@pytest.mark.skipif(sys.platform == "win32", reason="its processes get no signals of their group")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_what_stops_the_bot_leaves_the_task_to_end(faulty: Faulty, number: signal.Signals) -> None:
    """`systemctl stop` and Ctrl+C signal all processes at once."""
    task = faulty(f"os.kill(os.getpid(), {int(number)})\nreturn message")
    assert (await converse(task, WorkerMessage(head={"said": "on"}), PATIENCE)).head == {"said": "on"}


@pytest.mark.skipif(sys.platform == "win32", reason="its processes get no signals of their group")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_process_that_was_stopped_before_it_began_says_nothing_about_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    as_usual = f"signal.signal({int(number)}, signal.SIG_DFL)"  # background jobs of a shell start with SIGINT ignored
    (tmp_path / "stopped.py").write_text(f"import os, signal\n{as_usual}\nos.kill(os.getpid(), {int(number)})\n")
    with pytest.raises(InterruptedError):
        await converse("stopped", WorkerMessage(head={}), PATIENCE)
