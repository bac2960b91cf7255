"""`files move`: its errors are sentences. tests/contract/test_object_files.py moves real files."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bot.backup.move import move_files
from bot.domain.errors import CannotStart
from bot.settings import Settings
from storage.files.local import LocalFiles


async def test_a_disk_that_takes_no_files_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def is_full(_files: LocalFiles) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(LocalFiles, "check", is_full)
    settings = Settings.model_validate({"discord_token": "x" * 60, "data_dir": tmp_path, "files_url": "s3://kinora"})
    with pytest.raises(CannotStart, match=r"^Files could not be written: No space left on device\.$"):
        await move_files(settings, "data")
