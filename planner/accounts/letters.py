"""What is mailed about accounts."""

from urllib.parse import quote

from planner import language
from planner.accounts.rules import LINK_MINUTES
from planner.letter import Letter, render_letter
from planner.settings import settings


def link_address(token: str, way: str = "/") -> str:
    """The address that signs in and leads to `way`, a path on this site."""
    address = f"{settings().public_url}/sign-in/{token}"
    return address if way == "/" else f"{address}?next={quote(way, safe='')}"


def sign_in(email: str, token: str, way: str) -> Letter:
    """The letter with the link that signs in, in the language of the page where it was asked for."""
    context = {"link": link_address(token, way), "minutes": LINK_MINUTES}
    subject, text, html = render_letter("accounts/letters/sign_in.html", context, language.current())
    return Letter(email, subject, text, html, language=language.current(), about="sign-in")
