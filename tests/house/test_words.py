"""Every sentence for a reader can be translated, and has its Greek."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from functools import cache
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import nodes

from planner.language import FOLDER
from planner.templates import pages
from tests.house.reading import CHECKOUT, dotted, nothing_in, sources, templates, tree

BRANDS = {
    "Planner",
    "Google",
    "Outlook",
    "Apple",
    "Interreg",
    "Europe",
    "PDF",
    "CSV",
    "XLSX",
    "ICS",
    "JSON",
    "API",
    "SECON",
}
SPOKEN = {
    "title",
    "alt",
    "aria-label",
    "aria-description",
    "placeholder",
    "label",
    "summary",
    "data-copied",
    "data-trouble",
}
GETTEXT = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
REFUSALS = {"Refusal": 0, "Stale": 0, "Damaged": 0, "Forbidden": 0, "wrong": 1}
"""Calls that speak to the reader, and which argument is the sentence."""

_WORD = re.compile(r"(?<![/\w])[^\W\d_]{2,}")  # not the parts of an address
_ATTRIBUTE = re.compile(r"""[\w-]+=("[^"]*"|'[^']*')""")  # a macro may print nothing but attributes
_CAPITAL = re.compile(r"^[A-Z][a-z]{2,}( |$|[.,:!?])|[a-z] [a-z]+ [a-z]")


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word not in BRANDS]


class Reader(HTMLParser):
    """Collects words that stand in the markup itself."""

    def __init__(self) -> None:
        """Nothing found yet."""
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Words in attributes that are shown or read out."""
        shown = tag == "input" and dict(attrs).get("type") in ("submit", "button", "reset")
        spoken = SPOKEN | ({"value"} if shown else set())
        self.found += [f"{name}={value!r}" for name, value in attrs if name in spoken and _words(value or "")]

    def handle_data(self, data: str) -> None:
        """Words in the text."""
        if _words(_ATTRIBUTE.sub("", data)):
            self.found.append(repr(data.strip()))


def markup(source: str) -> str:
    """What a template says by itself, with nothing in the place of Jinja's parts and of translated passages."""
    said, translating = [], False
    for _line, kind, text in pages().lex(source):
        if kind == "name" and text in ("trans", "endtrans"):
            translating = text == "trans"
        elif kind == "data" and not translating:
            said.append(text)
    return "".join(said)


def untranslated(name: str, source: str) -> list[str]:
    """Words of a template that no translator will ever see."""
    reader = Reader()
    reader.feed(markup(source))
    return [f"{name}: {found}" for found in (*reader.found, *_bare(pages().parse(source)))]


def _bare(node: nodes.Node) -> Iterable[str]:
    """Sentences in Jinja's own expressions, such as arguments of macros."""
    if (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in GETTEXT | {"asset", "day_text"}
    ):
        return
    if (
        isinstance(node, nodes.Const)
        and isinstance(node.value, str)
        and _CAPITAL.search(node.value)
        and _words(node.value)
    ):
        yield repr(node.value)
    for child in node.iter_child_nodes():
        yield from _bare(child)


def unspoken(code: Mapping[str, str]) -> list[str]:
    """Sentences in Python that go to a reader untranslated, and translations of what is put together before."""
    return [
        f"{module}:{node.lineno} {fault}"
        for module, source in code.items()
        for node in ast.walk(tree(source))
        if isinstance(node, ast.Call)
        for fault in _unspoken(node)
    ]


def _unspoken(call: ast.Call) -> Iterable[str]:
    name = dotted(call.func).split(".")[-1]
    if name in GETTEXT and not all(isinstance(text, ast.Constant) for text in call.args[: 2 if name != "_" else 1]):
        yield f"{name}() of what is not one literal sentence"
    sentences = [keyword.value for keyword in call.keywords if keyword.arg in ("needed", "sentence")]
    if name in REFUSALS:
        sentences += call.args[REFUSALS[name] : REFUSALS[name] + 1]
    yield from (f"{name}: {ast.unparse(text)} is not translated" for text in sentences if _is_bare(text))


def _is_bare(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.BinOp):
        return _is_bare(node.left)
    if isinstance(node, ast.IfExp):
        return _is_bare(node.body) or _is_bare(node.orelse)
    return isinstance(node, ast.JoinedStr)


def test_every_sentence_of_a_template_can_be_translated() -> None:
    nothing_in([fault for name, source in templates().items() for fault in untranslated(name, source)])


def test_every_sentence_of_the_code_can_be_translated() -> None:
    nothing_in(unspoken(sources()))


PAGE = """<p class="x" title="{{ _("Yes") }}">{{ _("Hello") }} – 12 <b>Google</b>
{% trans n=1 %}{{ n }} place{% endtrans %} <button name="do" value="keep">{{ _("Keep") }}</button>
{{ ui.badge(_("Full"), "warn") }}{% if state == "planned" %}{{ day_text(day, "EEEE d MMMM y") }}{% endif %}</p>"""


@pytest.mark.parametrize(
    ("planted", "report"),
    [
        ("<p>Hello {{ name }}</p>", "p.html: 'Hello'"),
        ('<p {% if x %}aria-label="Open"{% endif %}>', "p.html: aria-label='Open'"),
        ('<img alt="Map">', "p.html: alt='Map'"),
        ('<input type="submit" value="Save">', "p.html: value='Save'"),
        ('{{ ui.badge("Full") }}', "p.html: 'Full'"),
        ('{{ "Yes" if x else y }}', "p.html: 'Yes'"),
        ('{{ ui.notice("please send it") }}', "p.html: 'please send it'"),
        ("{% trans %}Yes{% endtrans %} no", "p.html: 'no'"),
    ],
)
def test_a_word_that_nobody_can_translate_is_found(planted: str, report: str) -> None:
    assert untranslated("p.html", PAGE) == []
    assert untranslated("p.html", planted) == [report]


@pytest.mark.parametrize(
    ("planted", "report"),
    [
        ('raise Refusal("No.")', "Refusal: 'No.' is not translated"),
        ('raise Refusal(f"No {x}.")', "Refusal: f'No {x}.' is not translated"),
        ('raise errors.Stale("No %s." % x)', "Stale: 'No %s.' % x is not translated"),
        ('check.wrong("name", "No.")', "wrong: 'No.' is not translated"),
        ('check.text("name", needed="Say." if x else "")', "text: 'Say.' if x else '' is not translated"),
        ('_(f"No {x}")', "_() of what is not one literal sentence"),
        ('_("No %s" % x)', "_() of what is not one literal sentence"),
    ],
)
def test_a_sentence_that_nobody_can_translate_is_found(planted: str, report: str) -> None:
    fine = 'Refusal(_("No %(x)s.") % {"x": "y"}, "name"); check.wrong("name", _("No.")); check.text("name", needed="")'
    assert unspoken({"m": fine}) == []
    assert unspoken({"m": planted}) == [f"m:1 {report}"]


@cache
def messages() -> Catalog:
    """Everything there is to translate, in the code and in the templates."""
    said = Catalog()
    jinja = [("**.html", "jinja2.ext:babel_extract")]
    for folder, method, options in [("planner", [("**.py", "python")], {}), ("templates", jinja, {"trimmed": "true"})]:
        found = extract_from_dir(CHECKOUT / folder, method, {"**.html": options}, strip_comment_tags=True)
        for name, line, message, _comments, context in found:
            said.add(message, locations=[(f"{folder}/{name}", line)], context=context)
    return said


def missing(wanted: Catalog, known: Catalog) -> list[str]:
    """Sentences without a (sure and whole) translation, and translations that lost or invented a placeholder."""
    faults = []
    for message in wanted:
        if not message.id:
            continue
        found = known.get(message.id, message.context)
        where = ":".join(map(str, message.locations[0])) if message.locations else ""
        if found is None or found.fuzzy or not all(_texts(found.string)):
            faults.append(f"{where} {_texts(message.id)[0]!r} has no translation")
        elif not _placeholders(found.string) <= _placeholders(message.id):
            faults.append(f"{where} {_texts(message.id)[0]!r} is translated with other placeholders")
    return faults


def _texts(said: str | Iterable[str]) -> list[str]:
    return [said] if isinstance(said, str) else list(said)


def _placeholders(said: str | Iterable[str]) -> set[str]:
    return {mark for text in _texts(said) for mark in re.findall(r"%\(\w+\)[sd]|\{\w+\}", text)}


def test_every_sentence_has_its_greek() -> None:
    with (FOLDER / "el/LC_MESSAGES/messages.po").open("rb") as file:
        nothing_in(missing(messages(), read_po(file, locale="el")))


def test_a_sentence_without_greek_is_found() -> None:
    wanted, known = Catalog(), Catalog(locale="el")
    for sentence in ("Yes", "No", "Perhaps", "%(n)s places"):
        wanted.add(sentence, locations=[("p.html", 1)])
    known.add("Yes", "Ναι")
    known.add("Perhaps", "Ίσως", flags=["fuzzy"])
    known.add("%(n)s places", "%(m)s θέσεις")
    assert missing(wanted, known) == [
        "p.html:1 'No' has no translation",
        "p.html:1 'Perhaps' has no translation",
        "p.html:1 '%(n)s places' is translated with other placeholders",
    ]


def test_sentences_are_gathered_from_code_and_templates() -> None:
    assert {"Co-funded by the European Union", "No."} <= {_texts(message.id)[0] for message in messages() if message.id}
    assert isinstance(messages().get("Co-funded by the European Union"), Message)
