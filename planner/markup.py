"""Formatted text from people: Markdown in, safe HTML out."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False})
_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "blockquote", "h3", "h4", "code", "hr"}


@lru_cache(maxsize=2048)
def rich(text: str) -> Markup:
    """Markdown as HTML with a short list of allowed tags; markup written by the author stays visible text."""
    html = _markdown.render(text)
    return Markup(
        nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"})
    )  # noqa: S704
