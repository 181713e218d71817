"""Templates: blocks that stand alone, no inline script or style, no other host, every form with its token."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping

import pytest
from jinja2 import nodes

from planner.templates import pages
from tests.house.reading import dotted, is_letter, nothing_in, sources, templates, tree

Guard = Callable[[str, str], list[str]]
FRAME = ("title", "head", "main")
"""Blocks that only ever come with the whole page."""


def markup(source: str) -> str:
    """What a template says by itself: Jinja's parts are left out."""
    return "".join(text for _line, kind, text in pages().lex(source) if kind == "data")


def shared_state(name: str, source: str) -> list[str]:
    """What stands at the top of a page that extends another: gone when one of its blocks renders alone."""
    body = pages().parse(source).body
    if not any(isinstance(node, nodes.Extends) for node in body):
        return []
    return [f"{name}:{node.lineno} {type(node).__name__} outside all blocks" for node in body if not _is_quiet(node)]


def _is_quiet(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Output):
        return all(isinstance(part, nodes.TemplateData) and not part.data.strip() for part in node.nodes)
    return isinstance(node, nodes.Extends | nodes.Block)


def dependent_blocks(name: str, source: str) -> list[str]:
    """Blocks that use a name which something around them sets, or stand in a loop without being scoped."""
    return list(_dependent(name, pages().parse(source), frozenset(), in_loop=False))


def _dependent(name: str, node: nodes.Node, given: frozenset[str], *, in_loop: bool) -> Iterable[str]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block):
            if in_loop and not child.scoped:
                yield f"{name}:{child.lineno} block {child.name} stands in a loop and is not scoped"
            used = {found.name for found in child.find_all(nodes.Name) if found.ctx == "load"}
            yield from (f"{name}:{child.lineno} block {child.name} needs {lost} from outside" for lost in used & given)
        yield from _dependent(name, child, given, in_loop=in_loop or isinstance(child, nodes.For))
        given |= _set_by(child)


def _set_by(node: nodes.Node) -> frozenset[str]:
    if isinstance(node, nodes.Assign | nodes.AssignBlock):
        return frozenset(found.name for found in node.find_all(nodes.Name) if found.ctx == "store")
    if isinstance(node, nodes.Macro):
        return frozenset({node.name})
    if isinstance(node, nodes.Import):
        return frozenset({node.target})
    return frozenset({str(part) for part in node.names}) if isinstance(node, nodes.FromImport) else frozenset()


INLINE = {
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline script": r"<script\b(?![^>]*\ssrc=)",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "hx-on": r"\bhx-on\b",
    "script as an address": r"[\"'\s]j(ava)?s(cript)?:",
    "a filter in hx-trigger": r"hx-trigger\s*=\s*(\"[^\"]*\[|'[^']*\[)",
    "another host": r"(?<!href=[\"'])https?://(?!www\.w3\.org/)|(src|action|srcset|hx-\w+)=[\"']//",
    "a style sheet or script of another host": r"<(link|script)[^>]*https?://",
}


def inline(name: str, source: str) -> list[str]:
    """What the pages' own security policy forbids. Letters need styles in their elements: no program loads sheets."""
    said = markup(source)
    asked = [what for what in INLINE if not (is_letter(name) and "style" in what)]
    return [f"{name}: {what}" for what in asked if re.search(INLINE[what], said, re.I | re.S)]


def unsafe(name: str, source: str) -> list[str]:
    """Text that is taken as markup: only the shared macros may do that."""
    found = re.search(r"\|\s*safe\b|autoescape|\bMarkup\b", source)
    return [f"{name}: {found[0]}"] if found and name != "ui.html" else []


def loose_forms(name: str, source: str) -> list[str]:
    """Forms that change something and do not hold the page token."""
    forms = re.findall(r"<form\b.*?</form>", source, re.S | re.I)
    posting = [form for form in forms if re.search(r"method\s*=\s*[\"']?post", form, re.I)]
    return [f"{name}: {form[:60]}…" for form in posting if not re.search(r"\bcsrf\(shell\)", form)]


GUARDS: list[Guard] = [shared_state, dependent_blocks, inline, unsafe, loose_forms]


@pytest.mark.parametrize("guard", GUARDS)
def test_templates_keep_the_rules(guard: Guard) -> None:
    nothing_in([fault for name, source in templates().items() for fault in guard(name, source)])


PAGE = '{% extends "base.html" %}\n{% block main %}<a href="https://a.example">x</a>{% endblock %}'
FAULTS = [
    (shared_state, '{% extends "base.html" %}{% set x = 1 %}', "p.html:1 Assign outside all blocks"),
    (shared_state, '{% extends "base.html" %}{% import "ui.html" as u %}', "p.html:1 Import outside all blocks"),
    (shared_state, '{% extends "base.html" %}<p>', "p.html:1 Output outside all blocks"),
    (dependent_blocks, "{% set x = 1 %}{% block b %}{{ x }}{% endblock %}", "p.html:1 block b needs x from outside"),
    (dependent_blocks, "{% block a %}{% macro m() %}{% endmacro %}{% block b %}{{ m() }}{% endblock %}{% endblock %}",
     "p.html:1 block b needs m from outside"),
    (dependent_blocks, "{% for x in y %}{% block b %}{% endblock %}{% endfor %}",
     "p.html:1 block b stands in a loop and is not scoped"),
    (inline, '<p style="x">', "p.html: a style attribute"),
    (inline, '<p {% if x %}style="x"{% endif %}>', "p.html: a style attribute"),
    (inline, "<style>p{}</style>", "p.html: a style element"),
    (inline, "<script>1</script>", "p.html: an inline script"),
    (inline, '<p {{ x }} onclick="x()">', "p.html: an event attribute"),
    (inline, '<p hx-on:click="x">', "p.html: hx-on"),
    (inline, '<p hx-vals="js:{}">', "p.html: script as an address"),
    (inline, '<a href="javascript:x">', "p.html: script as an address"),
    (inline, '<p hx-trigger="keyup[x]">', "p.html: a filter in hx-trigger"),
    (inline, '<img src="https://a.example/x">', "p.html: another host"),
    (inline, '<img src="//a.example/x">', "p.html: another host"),
    (inline, '<link href="https://a.example/x">', "p.html: a style sheet or script of another host"),
    (unsafe, "{{ x | safe }}", "p.html: | safe"),
    (loose_forms, '<form method="post">{{ csrf }}</form>', 'p.html: <form method="post">{{ csrf }}</form>…'),
]  # fmt: skip


@pytest.mark.parametrize(("guard", "planted", "report"), FAULTS)
def test_a_fault_in_a_template_is_found(guard: Guard, planted: str, report: str) -> None:
    assert guard("p.html", PAGE) == []
    assert report in guard("p.html", planted)


def lost_blocks(code: Mapping[str, str], known: Mapping[str, str]) -> list[str]:
    """Templates and blocks that the pages name and that are not there."""
    blocks = {name: set(re.findall(r"{%-?\s*block (\w+)", source)) for name, source in known.items()}
    everywhere = set().union(*blocks.values())
    return [
        fault
        for module, source in code.items()
        for node in ast.walk(tree(source))
        if isinstance(node, ast.Call)
        for fault in _lost(f"{module}:{node.lineno}", node, blocks, everywhere)
    ]


def _lost(where: str, call: ast.Call, blocks: Mapping[str, set[str]], everywhere: set[str]) -> Iterable[str]:
    name = next((text for text in map(_text, call.args) if text.endswith(".html")), "")
    block = next((_text(keyword.value) for keyword in call.keywords if keyword.arg == "block"), "")
    if name and name not in blocks and dotted(call.func).split(".")[-1] in ("page", "kept_page", "render"):
        yield f"{where} there is no template {name}"
    elif block and block not in blocks.get(name, everywhere):
        yield f"{where} there is no block {block} in {name or 'any template'}"


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def test_pages_name_templates_and_blocks_that_are_there() -> None:
    nothing_in(lost_blocks(sources(), templates()))


@pytest.mark.parametrize(
    ("planted", "report"),
    [
        ('page(request, "a/c.html", {})', "m:1 there is no template a/c.html"),
        ('page(request, "a/b.html", {}, block="z")', "m:1 there is no block z in a/b.html"),
        ('page(request, name, {}, block="z")', "m:1 there is no block z in any template"),
    ],
)
def test_a_lost_block_is_found(planted: str, report: str) -> None:
    known = {"a/b.html": "{% block x %}{% endblock %}"}
    assert lost_blocks({"m": 'page(request, "a/b.html", {}, block="x")'}, known) == []
    assert lost_blocks({"m": planted}, known) == [report]
