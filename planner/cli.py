"""The door of the command line. Every command says in sentences what it did, or what is in the way."""

import argparse
import getpass
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlmodel import Session

from planner import __version__, db, language, logs, post, schema, server, worker
from planner.accounts import actions
from planner.accounts.permissions import HOUSE, ORGANISER, PROJECT, ROLES, Scope
from planner.admin import checks, retention_run
from planner.admin.words import kind_text
from planner.clock import now
from planner.consortium import queries as consortium
from planner.demo import load as demo
from planner.encodings import in_utf8
from planner.errors import Missing, Refusal
from planner.forms import Upload
from planner.language import _
from planner.roster.importing import MOST_PEOPLE, import_table, refused, status_text
from planner.settings import settings
from planner.tabular import read as read_table

LINK_HOURS = 12
"""How long links from the command line sign in: they are read at once, but not always used at once."""


def main(arguments: list[str] | None = None) -> None:
    """Run one command and end the process with its exit code: 0 done, 1 refused, 2 not understood."""
    language.use((os.environ.get("LC_ALL") or os.environ.get("LANG") or "")[:2])
    logs.set_up()
    chosen = _parser().parse_args(arguments)
    try:
        settings()
        code = chosen.command(chosen) or 0
    except ValidationError as error:
        code = _say(*(f"PLANNER_{str(each['loc'][0]).upper()}: {each['msg']}." for each in error.errors()), code=2)
    except Refusal as refusal:
        code = _say(refusal.sentence, code=1)
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _say(*sentences: str, code: int = 0) -> int:
    print(*sentences, sep="\n", file=sys.stderr if code else sys.stdout, flush=True)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("planner", description=_("Meetings of interregional projects."))
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    web = commands.add_parser("serve", help=_("serve the pages and post the letters"))
    web.add_argument("--no-worker", action="store_true", help=_("post no letters: `planner worker` runs elsewhere"))
    web.set_defaults(command=serve)
    posting = commands.add_parser("worker", help=_("post the letters and do what is due, nothing else"))
    posting.set_defaults(command=work)
    commands.add_parser("migrate", help=_("bring the database up to date")).set_defaults(command=migrate)
    commands.add_parser("demo", help=_("load the demonstration project")).set_defaults(command=load_demo)
    keeping = commands.add_parser("retention", help=_("delete what is past its end, as the worker does every day"))
    keeping.add_argument("--dry-run", action="store_true", help=_("only say what would be deleted"))
    keeping.set_defaults(command=keep_to_the_plan)
    commands.add_parser("check", help=_("is this installation fit?")).set_defaults(command=check)
    _account_parser(commands.add_parser("account", help=_("accounts of organisers and helpers")))
    people = commands.add_parser("import-people", help=_("register people from a table (CSV or XLSX)"))
    people.add_argument("file")
    people.add_argument("--meeting", required=True, help=_("project and meeting as in its address: secon/haskovo-2023"))
    people.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    people.set_defaults(command=import_people)
    link = commands.add_parser("sign-in-link", help=_("print a link that signs somebody in once"))
    link.add_argument("email")
    link.set_defaults(command=sign_in_link)
    return parser


def _account_parser(parser: argparse.ArgumentParser) -> None:
    adding = parser.add_subparsers(required=True, metavar="ACT").add_parser("add", help=_("add an account"))
    adding.add_argument("email")
    adding.add_argument("--name", default="", help=_("name as others see it"))
    adding.add_argument("--role", default=ORGANISER, choices=ROLES)
    adding.add_argument("--project", default="", help=_("only in this project, by its short name in addresses"))
    adding.add_argument("--password-prompt", action="store_true", help=_("ask for a password"))
    adding.set_defaults(command=add_account)


def serve(chosen: argparse.Namespace) -> int:
    """Serve the pages."""
    _need_database()
    _need_mail()
    host, port = settings().host, settings().port
    if reason := server.obstacle(host, port):
        place = {"host": host, "port": port, "reason": reason}
        sentence = _("Cannot listen at %(host)s, port %(port)s: %(reason)s. Set PLANNER_PORT to another one.")
        return _say(sentence % place, code=1)
    _welcome()
    db.disconnect()  # the web processes are forks of this one: a connection that two of them inherit breaks under both
    server.run(host, port, _web_processes(), posting=not chosen.no_worker)
    return 0


def _web_processes() -> int:
    on_sqlite = make_url(settings().database_url).get_backend_name() == "sqlite"
    return settings().workers or (1 if on_sqlite else os.cpu_count() or 1)


def _welcome() -> None:
    _say(_("Planner is at %(address)s (stop with Ctrl+C).") % {"address": settings().public_url})
    if urlsplit(settings().public_url).hostname not in ("127.0.0.1", "localhost", "::1"):
        return
    try:
        link = _link(demo.ORGANISER)
    except Missing:
        return
    _say(
        _("To sign in as the demonstration's organiser, open this once, within %(hours)d hours:")
        % {"hours": LINK_HOURS},
        link,
    )


def work(_chosen: argparse.Namespace) -> int:
    """Post letters."""
    _need_database()
    _need_mail()
    server.end_with_parent()
    worker.main()
    return 0


def migrate(_chosen: argparse.Namespace) -> int:
    """Bring the database up to date."""
    if problem := checks.database_problem():
        try:
            schema.upgrade()
        except CommandError as error:  # a revision that this version has never heard of
            raise Refusal(_("This database belongs to a newer version of Planner. Please update Planner.")) from error
        except (OperationalError, ArgumentError, ValueError, OSError) as error:
            raise Refusal(problem) from error
    return _say(_("The database is up to date."))


def load_demo(_chosen: argparse.Namespace) -> int:
    """Load the demonstration."""
    _need_database()
    loaded = demo.load(now().date())
    return _say(_("The demonstration is loaded.") if loaded else _("The demonstration is there already."))


def add_account(chosen: argparse.Namespace) -> int:
    """Add an account."""
    _need_database()
    password = getpass.getpass(_("Password: ")) if chosen.password_prompt else ""
    with db.write() as session:
        account = actions.add_account(session, chosen.email, chosen.name)
        actions.grant(session, account, chosen.role, _scope(session, chosen.project))
        if chosen.password_prompt:
            actions.set_password(session, account, password)
    added = {"email": account.email, "role": chosen.role}
    return _say(_("%(email)s is now %(role)s. To sign in: planner sign-in-link %(email)s") % added)


def _scope(session: Session, slug: str) -> Scope:
    if not slug:
        return HOUSE
    try:
        project = consortium.project(session, slug)
    except Missing as error:
        raise Refusal(_("There is no project called %(slug)s.") % {"slug": slug}) from error
    return Scope(PROJECT, project.id or 0, project.id or 0)


def import_people(chosen: argparse.Namespace) -> int:
    """Register everybody in a table, or say what would happen. Nothing is written when one row has a mistake."""
    _need_database()
    project, _slash, meeting = chosen.meeting.partition("/")
    path = Path(chosen.file)
    try:
        table = read_table(in_utf8(Upload(path.name, path.read_bytes())), MOST_PEOPLE)
        outcome = import_table(project, meeting, table, getpass.getuser(), write=not chosen.dry_run)
    except OSError as error:
        raise Refusal(_("This file cannot be read: %(file)s.") % {"file": path}) from error
    except Missing as error:
        raise Refusal(_("There is no meeting %(slug)s with registration.") % {"slug": chosen.meeting}) from error
    if outcome.mistakes:
        raise refused(outcome)
    lines = [f"{step.row}\t{step.name}\t{status_text(step)}" for step in outcome.steps]
    told = _("%(new)d would be added.") if chosen.dry_run else _("%(new)d added.")
    return _say(*lines, told % {"new": outcome.new})


def sign_in_link(chosen: argparse.Namespace) -> int:
    """Print a link that signs in."""
    _need_database()
    try:
        return _say(_link(chosen.email))
    except Missing:
        sentence = _("There is no account with this address. To add one: planner account add %(email)s")
        return _say(sentence % {"email": chosen.email}, code=1)


def _link(email: str) -> str:
    with db.write() as session:
        return actions.make_link(session, email, LINK_HOURS * 60)


def keep_to_the_plan(chosen: argparse.Namespace) -> int:
    """Carry out the retention plan now, or say what it would take."""
    _need_database()
    counts = retention_run.expected() if chosen.dry_run else retention_run.carry_out()
    if not counts:
        return _say(_("Nothing is due for deletion."))
    return _say(*(f"{number:6}  {kind_text(kind)}" for kind, number in counts.items()))


def check(_chosen: argparse.Namespace) -> int:
    """Say whether this installation is fit."""
    found = list(checks.findings())
    _say(*(f"{finding.grade:4}  {finding.sentence}" for finding in found))
    return 1 if any(finding.grade == checks.BAD for finding in found) else 0


def _need_database() -> None:
    if problem := checks.database_problem():
        raise Refusal(problem)


def _need_mail() -> None:
    try:
        post.carrier(settings().mail_url)
    except ValueError as error:
        raise Refusal(
            _("PLANNER_MAIL_URL is no address for mail: file:folder or smtp://user:password@host.")
        ) from error
