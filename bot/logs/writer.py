"""Log lines are written by a thread of its own: nobody waits for a disk that stalls, or for who does not read.

Lines keep their order. What waits at a normal end, or after an error that ends the process, is still written; a process
that is killed loses what waits, which is nothing unless the log's reader is slow.
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
PATIENCE = 2.0  # seconds that an end waits for what is not written yet
FULL_PIPE_PAUSE = 0.05  # seconds between tries, where a pipe says that it is full instead of waiting
LEFT_OUT = "lines of the log that are left out here, as they could not be written, or not fast enough: %d"
UNSAYABLE = "a line of the log could not be put into words: %r"


@value_object(kw_only=False)
class _Waiting:
    text: str
    lines: int  # that are lost if it cannot be written


class LogWriter(logging.Handler):
    """Writes to a file that may keep it waiting. What would be too much to keep meanwhile is counted, and that is said.

    Lines are formatted where they are logged: values may change later, and the formatter asks which job is at work.
    """

    def __init__(self, file: io.RawIOBase, encoding: str = "utf-8", *, most: int = MOST_WAITING) -> None:
        """`file`: unbuffered, so that an end has no lock of it to wait for. `most`: characters that may wait."""
        super().__init__()
        self._file, self._encoding, self._most = file, encoding, most
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._changing = threading.Condition()  # guards the two numbers, and the order of the queue
        self._waiting = 0  # characters
        self._left_out = 0  # lines that nobody was told of so far
        threading.Thread(target=self._write_on, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        line = self._line(record)
        with self._changing:
            if self._waiting and self._waiting + len(line) > self._most:
                self._left_out += 1
            else:
                self._put(line, 1)

    def flush(self) -> None:
        """Wait until all is written, but no longer than a moment."""
        with self._changing:
            self._changing.wait_for(lambda: not self._waiting, PATIENCE)

    def close(self) -> None:
        """Nothing is written any more but what waits already."""
        self._queue.put(None)
        super().close()

    def _put(self, line: str, lines: int) -> None:
        if self._left_out:
            line, lines = self._notice(self._left_out) + line, lines + self._left_out
            self._left_out = 0
        self._waiting += len(line)
        self._queue.put(_Waiting(line, lines))

    def _line(self, record: logging.LogRecord) -> str:
        try:
            return self.format(record) + "\n"
        except Exception:  # noqa: BLE001 (of any `__str__`, or there are fewer values than places)
            problem = (UNSAYABLE, (str(record.msg),), sys.exc_info())
            return self.format(logging.LogRecord(record.name, logging.ERROR, __file__, 0, *problem)) + "\n"

    def _notice(self, number: int) -> str:
        record = logging.LogRecord(__name__, logging.WARNING, __file__, 0, LEFT_OUT, (number,), None)
        return contextvars.Context().run(self.format, record) + "\n"  # it is about no job

    def _write_on(self) -> None:
        while (next_one := self._queue.get()) is not None:
            is_written = self._is_written(next_one.text.encode(self._encoding, "backslashreplace"))
            with self._changing:
                self._waiting -= len(next_one.text)
                if not is_written:
                    self._left_out += next_one.lines
                elif self._left_out and not self._waiting:  # it goes on, and may have nothing else to say
                    self._put("", 0)
                self._changing.notify_all()
        self._file.close()

    def _is_written(self, left: bytes) -> bool:
        """False: the disk is full, or the reader is gone."""
        try:
            while left:
                written = self._file.write(left) or 0
                if not written:  # the pipe does not wait by itself
                    time.sleep(FULL_PIPE_PAUSE)
                left = left[written:]
        except OSError:
            return False
        return True


def error_output() -> logging.Handler:
    """Writes to the error output, beside all else."""
    try:
        number = sys.stderr.fileno()
    except OSError:  # something in memory stands in for it
        return logging.StreamHandler(sys.stderr)
    return LogWriter(os.fdopen(os.dup(number), "wb", buffering=0), sys.stderr.encoding)
