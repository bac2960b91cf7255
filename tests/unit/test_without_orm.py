"""SQLAlchemy's asyncio package, imported without its ORM."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BEFORE = "import sys; from storage.without_orm import keep_out_the_orm; keep_out_the_orm()"


def said_by(code: str) -> str:
    return subprocess.check_output([sys.executable, "-c", f"{BEFORE}; {code}"], cwd=ROOT, text=True).strip()


def test_its_modules_are_imported_as_of_any_package() -> None:
    code = (
        "import sqlalchemy.ext.asyncio.engine as engine; from sqlalchemy.ext.asyncio import AsyncEngine; "
        "print(engine.AsyncEngine is AsyncEngine, 'sqlalchemy.orm' in sys.modules)"
    )
    assert said_by(code) == "True False"


def test_who_asks_for_a_session_gets_one_and_the_same_engines() -> None:
    code = (
        "from sqlalchemy.ext.asyncio import AsyncConnection as before; "
        "from sqlalchemy.ext.asyncio import AsyncConnection as after, AsyncSession; "
        "print(AsyncSession.__name__, before is after)"
    )
    assert said_by(code) == "AsyncSession True"


def test_what_it_does_not_have_is_missing_as_ever() -> None:
    code = (
        "import sqlalchemy.ext.asyncio as package; "
        "print(hasattr(package, '__nothing__'), hasattr(package, 'nothing'), hasattr(package, 'AsyncSession'))"
    )
    assert said_by(code) == "False False True"
