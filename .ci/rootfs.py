"""Copies what the image needs of the system it is built in: `/opt/kinora/bin/python .ci/rootfs.py FOLDER`, as root.

That is Python without what only developers need, the C libraries in use, certificates, a font, and a few tools for
whoever looks into a running container. Package manager, Perl, and programs that lend more rights stay behind.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

TOOLS = ("sh", "ls", "cat", "df", "du", "env", "id")
LOADED_BY_NAME = ("libgcc_s.so.1", "libfribidi.so.0")  # by threads that end, and by Pillow for Arabic and Hebrew
CERTIFICATES = "/etc/ssl/certs"
FOLDERS = (
    *(CERTIFICATES, "/usr/lib/ssl", "/usr/share/ca-certificates", "/usr/local/share/ca-certificates"),
    "/usr/lib/locale/C.utf8",
)
FILES = (
    *("/etc/ld.so.cache", "/etc/nsswitch.conf", "/etc/os-release", "/etc/ssl/openssl.cnf"),
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)
MERGED = ("/bin", "/sbin", "/lib", "/lib64")  # today each is a link into /usr
FOR_DEVELOPERS = (
    *("ensurepip", "distutils", "lib2to3", "pydoc_data", "idlelib", "turtledemo", "tkinter", "_tkinter*"),
    *("test", "_test*", "_ctypes_test*"),
)
NOT_PYTHON = ("site-packages", "dist-packages", "config-*")
ACCOUNTS = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\nkinora:x:10001:10001::/home/kinora:/bin/sh\n",
    "group": "root:x:0:\nkinora:x:10001:\n",
}


def main(root: Path) -> None:
    for link in filter(Path.is_symlink, map(Path, MERGED)):
        _within(root, link).parent.mkdir(parents=True, exist_ok=True)
        _within(root, link).symlink_to(link.readlink())
    standard_library = Path(sysconfig.get_path("stdlib"))
    left_out = shutil.ignore_patterns(*FOR_DEVELOPERS, *NOT_PYTHON)
    shutil.copytree(standard_library, _within(root, standard_library), ignore=left_out, ignore_dangling_symlinks=True)
    for folder in filter(Path.is_dir, map(Path, FOLDERS)):
        shutil.copytree(folder, _within(root, folder), symlinks=True)
    python = Path(sys.prefix, "bin", "python3").readlink()
    programs = [python, *(Path(found) for tool in TOOLS if (found := shutil.which(tool)))]
    modules = [*_within(root, standard_library).rglob("*.so"), *Path(sys.prefix).rglob("*.so*")]
    for file in {*programs, *_libraries([*programs, *modules]), *filter(Path.exists, map(Path, FILES))}:
        _copy(file, root)
    # All in one file, as Debian has them; that of the build may have been lent by the machine it runs on.
    trusted = sorted(Path(CERTIFICATES).glob("*.pem"))
    (root / CERTIFICATES[1:] / "ca-certificates.crt").write_bytes(b"".join(map(Path.read_bytes, trusted)))
    for name, text in ACCOUNTS.items():
        (root / "etc" / name).write_text(text)
    (root / "tmp").mkdir()
    (root / "tmp").chmod(0o1777)


def _libraries(files: Iterable[Path]) -> set[Path]:
    """What the files are linked with, and what is loaded by name, as far as it isn't in the files' own folders."""
    linked = subprocess.run(["ldd", *map(str, files)], capture_output=True, text=True, check=False).stdout
    known = subprocess.run(["ldconfig", "-p"], capture_output=True, text=True, check=True).stdout
    named = (re.search(rf"{re.escape(name)} .* => (\S+)", known) for name in LOADED_BY_NAME)
    found = re.findall(r"^\s+(?:\S+ => )?(/\S+) \(0x", linked, re.MULTILINE) + [each[1] for each in named if each]
    return {path for path in map(Path, found) if not path.resolve().is_relative_to(sys.prefix)}


def _copy(file: Path, root: Path) -> None:
    """What a link leads to, under the name of the link."""
    target = _within(root, file.parent.resolve() / file.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file, target)


def _within(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
