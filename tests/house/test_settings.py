"""Every setting says what it is for, and the documents name exactly those there are."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from pydantic import BaseModel, Field

from planner.settings import Settings
from tests.house.reading import CHECKOUT, nothing_in, tracked

PAGE = "docs/settings.md"


def unexplained(settings: type[BaseModel]) -> list[str]:
    """Settings without a description."""
    return [f"{name} has no description" for name, field in settings.model_fields.items() if not field.description]


def undocumented(settings: type[BaseModel], page: str) -> list[str]:
    """Lines of the table that the page lacks."""
    return [f"{PAGE} needs: {line}" for line in _table(settings) if line not in page.splitlines()]


def _table(settings: type[BaseModel]) -> list[str]:
    return [
        f"| `PLANNER_{name.upper()}` | {_shown(field.default)} | {field.description} |"
        for name, field in settings.model_fields.items()
    ]


def _shown(default: object) -> str:
    return "none" if default == "" else f"`{default}`"


def unknown(settings: type[BaseModel], documents: Mapping[str, str]) -> list[str]:
    """Names in documents that are no setting."""
    known = {f"PLANNER_{name.upper()}" for name in settings.model_fields}
    return [
        f"{name} speaks of {word}, which is no setting"
        for name, text in documents.items()
        for word in sorted(set(re.findall(r"PLANNER_[A-Z_]*[A-Z]", text)) - known)
    ]


def test_every_setting_is_explained() -> None:
    nothing_in(unexplained(Settings))


def test_every_setting_stands_in_the_documents() -> None:
    nothing_in(undocumented(Settings, (CHECKOUT / PAGE).read_text()))


def test_the_documents_name_no_other_setting() -> None:
    names = [name for name in tracked() if name.endswith(".md") or name in ("Makefile", ".ci/run")]
    nothing_in(unknown(Settings, {name: (CHECKOUT / name).read_text() for name in names}))


class Planted(BaseModel):
    door: str = Field("oak", description="What the door is made of")
    key: str = ""


def test_a_setting_that_nobody_explained_is_found() -> None:
    assert unexplained(Planted) == ["key has no description"]


@pytest.mark.parametrize("page", ["", "| `PLANNER_DOOR` | `ash` | What the door is made of |"])
def test_a_setting_that_is_not_documented_is_found(page: str) -> None:
    line = "| `PLANNER_DOOR` | `oak` | What the door is made of |"
    assert f"docs/settings.md needs: {line}" in undocumented(Planted, page)
    assert len(undocumented(Planted, line)) == 1


def test_a_setting_that_does_not_exist_is_found() -> None:
    assert unknown(Planted, {"a.md": "PLANNER_DOOR PLANNER_LOCK"}) == [
        "a.md speaks of PLANNER_LOCK, which is no setting"
    ]
