"""A bot imports nothing at its start that can wait until it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LEAN = (
    "from bot.config.lean_start import keep_out_what_nobody_needs; keep_out_what_nobody_needs()"  # as `kinora run` does
)
LATER = {
    *(
        "openai",
        "httpx",
        "httpx2",
        "obstore",
        "cryptography",
        "standardwebhooks",
        "re2",
    ),  # on first use
    *("PIL", "av"),  # in child processes
    *("alembic", "sqlalchemy.orm", "sqlalchemy.dialects.postgresql", "psycopg"),
    *("aiohttp.web", "prometheus_client", "bot.web.server"),  # only with HTTP_PORT
    "bot.sandbox",
}


def test_a_start_imports_what_every_bot_needs_and_no_more() -> None:
    code = f"import sys; {LEAN}; import bot.app, bot.settings; print(*sys.modules)"
    imported = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split()
    assert LATER & set(imported) == set()


def test_httpx_comes_without_its_command_line_and_works() -> None:
    code = f"import sys; {LEAN}; import httpx; httpx.AsyncClient(verify=False); print(*sys.modules)"
    imported = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split()
    assert "httpx" in imported
    assert {"click", "pygments", "rich"} & set(imported) == set()


def test_a_media_process_imports_nothing_about_orders() -> None:
    code = "import sys; import bot.media.video.inspection; print(*sys.modules)"
    imported = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split()
    assert {"bot.domain.phases", "bot.domain.job", "secrets", "asyncio"} & set(imported) == set()


def test_a_media_process_loads_no_kinds_of_pictures_that_it_has_no_use_for(tmp_path: Path) -> None:
    code = f"""import sys; from PIL import Image; from bot.media.picture.reading import read
Image.new("RGB", (64, 64)).save({str(tmp_path / "picture.webp")!r}, "WEBP")
read(open({str(tmp_path / "picture.webp")!r}, "rb").read())
print(*sys.modules)"""
    imported = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).split()
    assert "PIL.WebPImagePlugin" in imported
    assert {"PIL.TiffImagePlugin", "PIL.PdfImagePlugin", "PIL.PsdImagePlugin"} & set(imported) == set()
