"""The desk's page about the privacy notice: the next version, language by language, and the published ones."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, RawBody
from sqlmodel import Session

from planner import db, forms
from planner.accounts.guards import act, viewer
from planner.db import Texts
from planner.errors import Refusal
from planner.forms import Check, Typed
from planner.hosting.pages import desk_frame
from planner.language import DEFAULT, INTERFACE, NAMES, _, language_text
from planner.meetings.queries import Found, at_desk, scope_of_meeting
from planner.registration.notice_words import Content
from planner.registration.notices import content_of, draft, keep_draft, publish, versions
from planner.registration.offer import offer
from planner.web import Visit, page, see

DESK = "/{project:str}/{meeting:str}/desk/privacy-notice"
MANAGE = act("privacy.manage", scope_of_meeting)
TEXTS = ("name", "summary", "purposes", "recipients", "rights", "authority")
PLAIN = ("address", "contact", "dpo")
LIMITS = {"name": 200, "summary": 500, "purposes": 6000, "recipients": 3000, "rights": 3000, "authority": 1000}


def labels() -> dict[str, str]:
    """What the fields are called."""
    return {
        "name": _("Name of the host"),
        "address": _("Postal address"),
        "contact": _("Contact"),
        "dpo": _("How to reach the data protection officer"),
        "summary": _("Short summary on the form"),
        "purposes": _("What is kept, why, on which legal basis and how long"),
        "recipients": _("Who receives data"),
        "rights": _("Rights"),
        "authority": _("Where to complain"),
    }


@get(DESK, opt=MANAGE, sync_to_thread=True)
def edit(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """The draft of the next version, or what stands now to start from."""
    return _page(request, project, meeting, None, {})


def _language(request: Visit) -> str:
    wish = request.query_params.get("language", DEFAULT)
    return wish if wish in NAMES else DEFAULT


def _now(session: Session, found: Found) -> tuple[Content, int, bool]:
    """What the form starts from, whose notice it is, and whether it is a draft."""
    offered = offer(session, found)
    prepared = draft(session, offered.controller.id)
    content = content_of(prepared) if prepared else offered.notice.content
    return content, offered.controller.id, prepared is not None


def _page(
    request: Visit, project: str, meeting: str, typed: Typed | None, errors: Mapping[str, str], status: int = 200
) -> Response[bytes]:
    language = _language(request)
    with db.read() as session:
        found = at_desk(session, project, meeting)
        content, partner_id, is_draft = _now(session, found)
        rows = versions(session, partner_id)
    stands = _typed(content, language)
    context: dict[str, Any] = {
        **desk_frame(found),
        "labels": labels(),
        "limits": LIMITS,
        "typed": typed or stands,
        "both": _both(typed, stands) if typed and status == 409 else None,
        "errors": errors,
        "language": language,
        "languages": [(code, language_text(code)) for code in {**INTERFACE, **NAMES}],
        "is_draft": is_draft,
        "version": content.digest,
        "versions": rows,
        "public": f"/{project}/{meeting}/privacy",
    }
    return page(request, "admin/notice.html", context, status=status)


def _typed(content: Content, language: str) -> Typed:
    texts = {name: [getattr(content, name).get(language, "")] for name in TEXTS}
    return Typed({**texts, **{name: [getattr(content, name)] for name in PLAIN}})


def _both(typed: Typed, stands: Typed) -> list[tuple[str, str, str]]:
    """The fields that differ, with what was typed and what is kept now."""
    return [
        (label, typed.one(name), stands.one(name))
        for name, label in labels().items()
        if typed.one(name).split() != stands.one(name).split()
    ]


@post(DESK, opt=MANAGE, sync_to_thread=True)
def keep(request: Visit, project: FromPath[str], meeting: FromPath[str], body: RawBody) -> Response[bytes]:
    """Keep one language of the next version. Somebody else's change in between is not written over (409)."""
    check, who, language = Check(forms.read(request, body)), viewer(request), _language(request)
    plain: dict[str, Any] = {name: check.text(name, limit=300) for name in PLAIN}
    texts = {name: check.text(name, limit=LIMITS[name], lines=name != "name") for name in TEXTS}
    if not check.fine:
        return _page(request, project, meeting, check.typed, check.errors, 422)
    with db.write() as session:
        found = at_desk(session, project, meeting)
        content, partner_id, _is_draft = _now(session, found)
        fresh = check.typed.one("version") == content.digest
        if fresh:
            values: dict[str, Any] = {name: _with(content, name, language, texts[name]) for name in TEXTS}
            new = replace(content, **values, **plain)
            keep_draft(session, found, partner_id, new, who.email if who else "")
    if not fresh:
        sentence = _(
            "Somebody has changed the notice since you opened this page. Compare, and save again to keep yours."
        )
        return _page(request, project, meeting, check.typed, {"": sentence}, 409)
    return see(f"/{project}/{meeting}/desk/privacy-notice?language={language}&saved=yes")


def _with(content: Content, name: str, language: str, text: str) -> Texts:
    texts: Texts = {**getattr(content, name), language: text}
    return {code: one for code, one in texts.items() if one}


@post(DESK + "/versions", opt=MANAGE, sync_to_thread=True)
def give_out(request: Visit, project: FromPath[str], meeting: FromPath[str]) -> Response[bytes]:
    """Publish the draft: from now on who registers is shown it, and it never changes again."""
    who = viewer(request)
    try:
        with db.write() as session:
            found = at_desk(session, project, meeting)
            publish(session, found, _now(session, found)[1], who.email if who else "")
    except Refusal as refusal:
        return _page(request, project, meeting, None, {"": refusal.sentence}, 422)
    return see(f"/{project}/{meeting}/desk/privacy-notice#versions")


ROUTES: list[HTTPRouteHandler] = [edit, keep, give_out]
