"""The pages of the documentation are short, their links work, and the files they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "bot" / "providers" / "ADDING_A_PROVIDER.md",
]
FILE = re.compile(r"`((?:bot|cogs|storage|tests|docs|bench)/[\w./-]*?)(?:::\w+)?`")
LINK = re.compile(r"\]\(([^)]+)\)|\bsrc(?:set)?=\"([^\"]+)\"")


def anchors(page: Path) -> set[str]:
    """The anchors of a page: its headings, as code hosts derive them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    return target.exists() and (not anchor or anchor in anchors(target))


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_the_readme_is_a_first_page() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 120


def test_every_link_leads_somewhere() -> None:
    links = [(page, "".join(link)) for page in PAGES for link in LINK.findall(page.read_text())]
    assert [(named(page), link) for page, link in links if "://" not in link and not leads_somewhere(page, link)] == []


def test_every_file_that_is_named_exists() -> None:
    named_files = [(page, path) for page in PAGES for path in FILE.findall(page.read_text()) if "{" not in path]
    assert len(named_files) > 100
    assert [(named(page), path) for page, path in named_files if not (ROOT / path).exists()] == []


def test_every_command_line_that_is_named_exists() -> None:
    sources = (ROOT / "bot" / "__main__.py", ROOT / "bot" / "config" / "command_line.py")
    known = {name for source in sources for name in re.findall(r'tasks\.add_parser\("([\w-]+)"', source.read_text())}
    typed = re.compile(r"(?:-m bot|run --rm kinora|^\$ kinora|`kinora) ([a-z][\w-]*)", re.MULTILINE)
    code = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
    named_commands = {
        (named(page), command)
        for page in PAGES
        for span in code.findall(page.read_text())
        for command in typed.findall(span)
    }
    assert len(named_commands) > 30
    assert {(page, command) for page, command in named_commands if command not in known} == set()


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        links = re.findall(r"\]\(([^)#]+)", page.read_text())
        waiting.extend((page.parent / link).resolve() for link in links if "://" not in link)
    assert [named(page) for page in PAGES if page not in reached] == []


@pytest.mark.parametrize(
    ("heading", "most"),
    [("A command with one new query", 6), ("A query for an existing command", 6), ("A button", 2), ("A table", 4)],
)
def test_a_change_touches_few_files(heading: str, most: int) -> None:
    page = (ROOT / "docs" / "how-to" / "extending.md").read_text()
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert 1 < len(re.findall(r"^\d+\. ", section, re.MULTILINE)) <= most


def test_the_tree_in_the_architecture_is_the_tree() -> None:
    text = (ROOT / "docs" / "explanation" / "architecture.md").read_text()
    tree = text.partition("## The tree\n\n```\n")[2].partition("```")[0]
    drawn, above = set[str](), list[str]()
    for indent, name in re.findall(r"^( *)([\w.]+)/ ", tree, re.MULTILINE):
        above = [*above[: len(indent) // 2], name]
        drawn.add("/".join(above))
    tops = [ROOT / top for top in ("bot", "cogs", "storage")]
    packages = [path.parent for top in tops for path in top.rglob("__init__.py")]
    inside = ("bot/sandbox/", "storage/migrations/")  # their inner packages are not drawn
    real = {named(package) for package in packages if not named(package).startswith(inside)}
    assert drawn - {"tests"} == real
