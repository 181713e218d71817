"""Pages and letters out of templates. Templates hold no logic of the trade and know nothing of requests."""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import BaseLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block

from planner import language
from planner.markup import rich

PACKAGE = Path(__file__).resolve().parent
STATIC = PACKAGE / "static"
_COMMENT = re.compile(rb"/\*.*?\*/", re.DOTALL)
_BLANKS = re.compile(rb"\s*([{};,])\s*")
_LOADED = re.compile(rb"url\((\.\./[^)]+)\)")


def folder(name: str) -> Path:
    """`templates` or `migrations`: beside the package in a checkout, inside it when installed from a wheel."""
    beside = PACKAGE.parent / name
    return beside if beside.is_dir() else PACKAGE / "_data" / name


class Asset(NamedTuple):
    """A file the browser loads: its bytes, plain and compressed, under an address that changes with them."""

    address: str
    media_type: str
    plain: bytes
    gzipped: bytes


@cache
def assets() -> dict[str, Asset]:
    """All static files by name, read once: `css/base.css` → /static/0a1b2c3d/css/base.css."""
    found = sorted(path for path in STATIC.rglob("*") if path.is_file())
    return {asset.address.split("/", 3)[3]: asset for asset in map(_asset, found)}


def _asset(path: Path) -> Asset:
    plain = _bytes(path)
    media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(_address(path, plain), media, plain, gzip.compress(plain, mtime=0))


def _bytes(path: Path) -> bytes:
    """The file's bytes; a style sheet names the files it loads by their full addresses, so browsers keep them too."""
    plain = path.read_bytes()
    if path.suffix != ".css":
        return plain
    named = _LOADED.sub(lambda found: b"url(%s)" % _address_of(path.parent / found[1].decode()).encode(), plain)
    return _compact(named)


def _compact(sheet: bytes) -> bytes:
    """A style sheet without comments and the blanks that only people need."""
    return _BLANKS.sub(rb"\1", _COMMENT.sub(b"", sheet)).strip()


def _address_of(path: Path) -> str:
    file = path.resolve()
    return _address(file, file.read_bytes()) if file.is_file() else f"/static/-/{file.relative_to(STATIC).as_posix()}"


def _address(path: Path, content: bytes) -> str:
    return f"/static/{hashlib.sha256(content).hexdigest()[:12]}/{path.relative_to(STATIC).as_posix()}"


def asset(name: str) -> str:
    """Address of a static file; of one that set-up could not fetch, the plain address (404, the page still works)."""
    found = assets().get(name)
    return found.address if found else f"/static/-/{name}"


def _environment(loader: BaseLoader, *, escaping: bool) -> Environment:
    environment = Environment(
        loader=loader,
        autoescape=escaping,  # noqa: S701  (plain only for the plain-text halves of letters)
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        language._, language.ngettext, newstyle=True, pgettext=language.pgettext
    )
    environment.globals.update(_vocabulary())
    return environment


def _vocabulary() -> dict[str, Any]:
    spoken = (
        "say", "day_text", "days_text", "time_text", "utc_text", "moment_text", "zone_text", "country_text",
        "language_text", "listed", "current",
    )  # fmt: skip
    return {
        **{name: getattr(language, name) for name in spoken},
        "asset": asset,
        "rich": rich,
        "interface_languages": language.interface_languages,
        "language_names": language.NAMES,
    }


@cache
def pages() -> Environment:
    """The environment of pages: everything is escaped, and the shared macros are the one global `ui`."""
    environment = _environment(FileSystemLoader(folder("templates")), escaping=True)
    environment.globals["ui"] = environment.get_template("ui.html").module
    return environment


@cache
def plain() -> Environment:
    """The environment of the plain-text halves of letters: nothing is escaped."""
    return _environment(FileSystemLoader(folder("templates")), escaping=False)


def render(template: str, context: Mapping[str, Any], *, block: str = "") -> str:
    """A whole page, or one named block of it."""
    if block:
        return str(render_block(pages(), template, block, **context))
    return pages().get_template(template).render(**context)


def render_plain(template: str, context: Mapping[str, Any], *, block: str) -> str:
    """One block of a letter's template as plain text."""
    return str(render_block(plain(), template, block, **context)).strip()
