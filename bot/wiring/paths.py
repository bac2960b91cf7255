"""Paths: the database, and the files in the data folder."""

from __future__ import annotations

from pathlib import Path

from bot.domain.errors import CannotStart
from bot.settings import Settings
from storage.db.address import sqlite_url


def make_data_dir(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"DATA_DIR {settings.data_dir} cannot be made: {error.strerror}.") from None


def database_url(settings: Settings) -> str:
    return settings.database_url or sqlite_url(settings.data_dir.resolve() / "kinora.db")


def files_folder(settings: Settings) -> Path:
    """The folder of finished videos and of pictures."""
    return settings.data_dir / "files"


def player_key(settings: Settings) -> Path:
    """The file of the key that signs player links."""
    return settings.data_dir / "player-links.key"


def model_list(settings: Settings) -> Path:
    """Where OpenRouter's list of models is cached."""
    return settings.data_dir / "openrouter-models.json"
