"""The child's side: confine this process, do one task, answer. Modules that call `serve` are run with `python -m`."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from bot.domain.errors import KinoraError, SpoiltVideo
from bot.media.refusals import packed
from bot.media.worker.message import WorkerMessage

if sys.platform != "win32":
    import resource

MOST_MEMORY = 1 << 30  # bytes of address space; decoding 4K HEVC was seen to need 0.75 GiB
KINDNESS = 10  # answers to Discord go first


def serve(task: Callable[[WorkerMessage], WorkerMessage]) -> NoReturn:
    """Read one message, do the task, write the answer, exit. The one argument is the limit in CPU seconds."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # Ctrl+C and service managers signal this process too; the parent ends it
    answer = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # output printed by a C library must not get into the answer
    _confine(int(sys.argv[1]))
    message = WorkerMessage.unpacked(sys.stdin.buffer.read())
    with answer:
        answer.write(_done(task, message).packed())
    sys.stderr.flush()
    os._exit(0)  # the parent would otherwise wait for the interpreter's shutdown


def _done(task: Callable[[WorkerMessage], WorkerMessage], message: WorkerMessage) -> WorkerMessage:
    try:
        return task(message)
    except SpoiltVideo as error:
        return WorkerMessage(head={"refusal": packed(error.message), "lasting": error.lasting})
    except KinoraError as error:
        return WorkerMessage(head={"refusal": packed(error.message)})
    except OSError as error:
        if error.errno is None:  # Pillow's way to report a damaged picture
            return WorkerMessage(head={"crash": traceback.format_exc()})
        return WorkerMessage(head={"errno": error.errno, "text": error.strerror or "", "file": error.filename})
    except Exception:  # noqa: BLE001 - one task is an edge: what hostile files raise is beyond naming; the parent logs it
        return WorkerMessage(head={"crash": traceback.format_exc()})


def _confine(cpu_seconds: int) -> None:
    if sys.platform == "win32":
        return  # it has neither; the parent's time limit applies there too
    os.nice(KINDNESS)
    _limit(resource.RLIMIT_AS, MOST_MEMORY)
    _limit(resource.RLIMIT_CPU, cpu_seconds)
    _limit(resource.RLIMIT_CORE, 0)


def _limit(what: int, most: int) -> None:
    # macOS refuses some of these; the parent's time limit applies there too.
    with suppress(ValueError, OSError):
        resource.setrlimit(what, (most, most))
