"""Writes log lines in a separate thread, so that nobody waits for a slow disk or a slow reader.

Lines keep their order. Waiting lines are still written when the process ends, normally or after an error; a process
that is killed loses them, which are none unless the log's reader is slow.
"""

from __future__ import annotations

import contextvars
import io
import logging
import os
import queue
import sys
import threading
import time

from bot.data_classes import value_object

MOST_WAITING = 4 * 1024 * 1024  # characters; some 30,000 lines
PATIENCE = 2.0  # seconds that an ending process waits for unwritten lines
FULL_PIPE_PAUSE = 0.05  # seconds between attempts, if a full pipe returns instead of blocking
LEFT_OUT = "lines of the log that are left out here, as they could not be written, or not fast enough: %d"
UNSAYABLE = "a line of the log could not be put into words: %r"


@value_object(kw_only=False)
class _Waiting:
    text: str
    lines: int  # number of lines, which are lost if they cannot be written


class LogWriter(logging.Handler):
    """Writes to a file that may block. Lines that exceed the buffer are dropped and counted, and the count is logged.

    Lines are formatted when they are logged: values may change later, and the formatter needs the current job.
    """

    def __init__(
        self, file: io.RawIOBase, encoding: str = "utf-8", *, most: int = MOST_WAITING, patience: float = PATIENCE
    ) -> None:
        """`file`: unbuffered, so that the end of the process does not wait for its lock.

        `most`: characters that may wait; `patience`: seconds that `flush` waits.
        """
        super().__init__()
        self._file, self._encoding, self._most, self._patience = file, encoding, most, patience
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        # Guards the two numbers, and the order of the queue. It is the handler's own lock: garbage that is collected
        # while it is held may log something, and a second lock would then be taken in the wrong order.
        self._changing = threading.Condition(self.lock)
        self._waiting = 0  # characters
        self._left_out = 0  # dropped lines that have not been reported yet
        self._is_broken_off = False  # the last line in the file; only the thread knows
        threading.Thread(target=self._write_on, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        line = self._line(record)
        with self._changing:
            if self._waiting and self._waiting + len(line) > self._most:
                self._left_out += 1
            else:
                self._put(line, 1)

    def flush(self) -> None:
        """Wait until everything is written, but only for a moment, and not again if that was in vain."""
        with self._changing:
            if not self._changing.wait_for(lambda: not self._waiting, self._patience):
                self._patience = 0.0

    def close(self) -> None:
        """From now on only waiting lines are written."""
        self._queue.put(None)
        super().close()

    def _put(self, line: str, lines: int) -> None:
        left_out, self._left_out = self._left_out, 0  # at once: what follows may log something itself
        if left_out:
            line, lines = self._notice(left_out) + line, lines + left_out
        size = len(line)
        self._waiting += size
        self._queue.put(_Waiting(line, lines))

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record) + "\n"
        except Exception:  # noqa: BLE001 (of any `__str__`, or there are fewer values than places)
            what = record.msg if isinstance(record.msg, str) else type(record.msg)
            problem = (UNSAYABLE, (what,), sys.exc_info())
            return self.format(logging.LogRecord(record.name, logging.ERROR, __file__, 0, *problem)) + "\n"

    def _notice(self, number: int) -> str:
        record = logging.LogRecord(__name__, logging.WARNING, __file__, 0, LEFT_OUT, (number,), None)
        return contextvars.Context().run(self.format, record) + "\n"  # it belongs to no job

    def _write_on(self) -> None:
        while (next_one := self._queue.get()) is not None:
            is_written = self._is_written(next_one.text.encode(self._encoding, "backslashreplace"))
            size = len(next_one.text)
            with self._changing:
                self._waiting -= size
                if not is_written:
                    self._left_out += next_one.lines
                elif self._left_out and not self._waiting:  # it works again, and there may be no other line
                    self._put("", 0)
                self._changing.notify_all()
        self._file.close()

    def _is_written(self, text: bytes) -> bool:
        """False: the disk is full, or the reader is gone."""
        left = b"\n" + text if self._is_broken_off else text
        try:
            while left:
                if written := self._file.write(left):
                    left = left[written:]
                    self._is_broken_off = 0 < len(left) < len(text)
                else:  # the pipe does not block
                    time.sleep(FULL_PIPE_PAUSE)
        except OSError:
            return False
        return True


def error_output() -> logging.Handler:
    """Writes to the error output in a separate thread."""
    try:
        number = sys.stderr.fileno()
    except OSError:  # an object in memory replaces it
        return logging.StreamHandler(sys.stderr)
    return LogWriter(os.fdopen(os.dup(number), "wb", buffering=0), sys.stderr.encoding)
