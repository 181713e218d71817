"""Is this installation fit? Each question has one short answer."""

import os
from collections.abc import Callable, Iterator
from typing import NamedTuple

from sqlalchemy.exc import ArgumentError, OperationalError

from planner import db, language, paper, post, schema, supplies
from planner.language import _
from planner.settings import VAR, settings

GOOD, DOUBTFUL, BAD = "ok", "warn", "bad"


class Finding(NamedTuple):
    """`ok`, `warn` (it runs, but think about it) or `bad` (it cannot work), and a sentence."""

    grade: str
    sentence: str


def findings() -> Iterator[Finding]:
    """The answers, one by one."""
    questions: tuple[Callable[[], Finding], ...] = (_database, _var, _secret, _address, _mail, _files, _papers, _words)
    return (question() for question in questions)


def database_problem() -> str:
    """What is wrong with the database, as a sentence; nothing when it can be used."""
    try:
        current = schema.is_current(db.current().engine)
    except (ArgumentError, ValueError):
        return _("PLANNER_DATABASE_URL is no address of a database: sqlite:///path or postgresql://user@host/name.")
    except (OperationalError, OSError) as error:
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return _("The database does not answer: %(reason)s.") % {"reason": reason.rstrip(".")}
    return "" if current else _("The database is not ready for this version. Please run: planner migrate")


def _database() -> Finding:
    problem = database_problem()
    return Finding(BAD, problem) if problem else Finding(GOOD, _("The database answers and is up to date."))


def _var() -> Finding:
    place = VAR if VAR.is_dir() else VAR.absolute().parent
    if os.access(place, os.W_OK):
        return Finding(GOOD, _("The folder var/ can be written."))
    return Finding(BAD, _("The folder var/ cannot be written: letters, files and the secret key need it."))


def _secret() -> Finding:
    if 0 < len(settings().secret_key) < 32:
        return Finding(BAD, _("PLANNER_SECRET_KEY is too short: take at least 32 characters by chance."))
    try:
        settings().secret  # noqa: B018
    except OSError:
        return Finding(BAD, _("There is no secret key, and none can be kept in var/."))
    return Finding(GOOD, _("There is a secret key."))


def _address() -> Finding:
    if settings().secure:
        return Finding(GOOD, _("Visitors come over https."))
    sentence = _("%(address)s is not https: set PLANNER_BASE_URL before others use it.")
    return Finding(DOUBTFUL, sentence % {"address": settings().public_url})


def _mail() -> Finding:
    try:
        post.carrier(settings().mail_url)
    except ValueError:
        return Finding(BAD, _("PLANNER_MAIL_URL is no address for mail: file:folder or smtp://user:password@host."))
    if settings().mail_url.startswith("file:"):
        return Finding(DOUBTFUL, _("Letters only land in a folder. Set PLANNER_MAIL_URL to send them."))
    return Finding(GOOD, _("Letters leave by a mail server."))


def _files() -> Finding:
    missing = supplies.missing()
    if not missing:
        return Finding(GOOD, _("All third-party files are in their places."))
    names = ", ".join(supply.target for supply in missing)
    return Finding(DOUBTFUL, _("Third-party files are missing: %(names)s. Pages work without them.") % {"names": names})


def _papers() -> Finding:
    try:
        paper.unprintable("Ž")
    except Exception as error:  # whatever keeps it from printing is what the administrator wants to know
        return Finding(BAD, _("Papers cannot be printed: %(reason)s") % {"reason": error})
    return Finding(GOOD, _("Papers can be printed."))


def _words() -> Finding:
    missing = [code for code in language.INTERFACE if code != language.DEFAULT and not _has_catalogue(code)]
    if not missing:
        return Finding(GOOD, _("All languages of the interface are there."))
    return Finding(DOUBTFUL, _("Translations are not compiled: %(codes)s.") % {"codes": ", ".join(missing)})


def _has_catalogue(code: str) -> bool:
    return any((language.FOLDER / code / "LC_MESSAGES").glob("*.mo"))
