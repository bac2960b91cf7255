"""Runs the migrations on an open connection."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def settings() -> Config:
    """Alembic's settings, made here because an installed Kinora has no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("recursive_version_locations", "true")
    return config


def upgrade(connection: Connection) -> None:
    """Apply all missing migrations in the connection's transaction."""
    config = settings()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
