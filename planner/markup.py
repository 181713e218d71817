"""Formatted text from people: Markdown in, safe HTML out."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False})
_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "blockquote", "h3", "h4", "code", "hr"}
_SCHEMES = {"http", "https", "mailto", "tel"}


@lru_cache(maxsize=2048)
def rich(text: str) -> Markup:
    """Markdown as HTML with a short list of allowed tags; markup written by the author stays visible text."""
    html = nh3.clean(_markdown.render(text), tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES)
    return Markup(html)  # noqa: S704  (this is what makes it safe)
