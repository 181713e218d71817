"""The editor's forms: what was deleted meanwhile, lengths in the pool, and speakers as what they speak in one item."""

from __future__ import annotations

import re

import pytest
from httpx import Client
from sqlmodel import col, select

from planner import db
from planner.agenda.tables import Block, Day, Item
from tests.hosting.test_editor import HTMX, RIGA, at, item
from tests.hosting.test_editor_forms import fields, opened, save, token, values

__all__ = ["token"]


def test_what_somebody_has_deleted_loses_nobody_a_word(token: str, client: Client) -> None:
    row = item("d1-coffee")
    mine = opened(client, f"items/{row.id}") | {"title_en": "Coffee and cake"}
    save(client, f"items/{row.id}/removal", {"csrf": token, "version": str(row.version)})
    late = save(client, f"items/{row.id}", mine, **HTMX)
    assert late.status_code == 409
    assert "Somebody has deleted this item." in late.text
    assert 'value="Coffee and cake"' in late.text
    board = client.get(f"{RIGA}?day=1").text
    last = re.findall(r'id="undo-(\d+)"', board)[0]
    client.post(f"{RIGA}/changes/{last}/undo", data={"csrf": token})
    assert save(client, f"items/{row.id}", fields(late.text), **HTMX).status_code == 409  # side by side
    again = opened(client, f"items/{row.id}")
    assert save(client, f"items/{row.id}", mine | {"version": again["version"]}).status_code == 303
    assert values("d1-coffee").title["en"] == "Coffee and cake"


def test_a_day_or_block_that_somebody_has_deleted_is_written_anew(token: str, client: Client) -> None:
    with db.read() as session:
        block = session.get_one(Block, item("d1-coffee").block_id)
        day = session.get_one(Day, block.day_id)
    forms = [(f"blocks/{block.id}", "title_en", block.version), (f"days/{day.id}", "note_en", day.version)]
    typed = {path: opened(client, path) | {name: "Still mine"} for path, name, _version in forms}
    for path, _name, version in forms:
        save(client, f"{path}/removal", {"csrf": token, "version": str(version)})
        late = save(client, path, typed[path])
        assert late.status_code == 422
        assert "Somebody has deleted this meanwhile." in late.text
        assert 'value="Still mine"' in late.text
    kept = {name: value for name, value in fields(late.text).items() if name != "version"}
    assert save(client, "days", kept).status_code == 303
    assert "Still mine" in client.get(f"{RIGA}?day=1").text
    assert save(client, "days/99999", kept).status_code == 404


@pytest.mark.parametrize("verb", ["later", "place", "shift", "cancellation", "removal"])
def test_a_click_on_what_is_deleted_shows_the_board_as_it_is(token: str, client: Client, verb: str) -> None:
    row = item("d1-coffee")
    form = {"csrf": token, "version": str(row.version), "minutes": "5"}
    save(client, f"items/{row.id}/removal", form)
    answers = [
        save(client, f"items/{row.id}/{verb}?day=1", form, **HTMX),
        client.get(f"{RIGA}/items/{row.id}", headers=HTMX),
    ]
    for answer in answers:
        assert (answer.status_code, answer.headers["hx-retarget"]) == (404, "#board")
        assert "somebody has deleted it" in answer.text
        assert 'id="board"' in answer.text
    assert save(client, f"items/{row.id}/{verb}", form).status_code == 404


def test_an_idea_in_the_pool_has_a_length(token: str, client: Client) -> None:
    client.post(f"{RIGA}/items", data={"csrf": token, "block": "pool", "line": "45m Panel on procurement"})
    with db.read() as session:
        idea = session.exec(select(Item).where(Item.block_id == None).order_by(col(Item.id).desc())).first()  # noqa: E711
    assert idea is not None
    form = opened(client, f"items/{idea.id}")
    assert form["minutes"] == ["45"]
    assert save(client, f"items/{idea.id}", form | {"minutes": "0"}).status_code == 422
    assert save(client, f"items/{idea.id}", form | {"minutes": "90"}).status_code == 303
    assert "90 minutes" in client.get(RIGA).text
    wish = opened(client, f"items/{idea.id}/move") | {"where": str(item("d2-closing").block_id), "starts": "16:00"}
    assert save(client, f"items/{idea.id}/move", wish).status_code == 303
    with db.read() as session:
        assert at(session.get_one(Item, idea.id)) == "16:00-17:30"


def test_somebody_speaks_for_another_house_in_one_item_only(token: str, client: Client) -> None:
    row = item("d1-welcome")
    form = opened(client, f"items/{row.id}")
    told = {"function_0": "Συντονίστρια", "organisation_0": "Network of Island Towns"}
    assert save(client, f"items/{row.id}", form | told).status_code == 303
    again = opened(client, f"items/{row.id}")
    assert [again[name] for name in told] == [[text] for text in told.values()]
    late = save(client, f"items/{row.id}", form | {"organisation_0": "Ministry"})
    assert late.status_code == 409
    assert "Network of Island Towns" in late.text
    preview = client.get(f"{RIGA}/preview?day=1").text
    assert '<span lang="el">Συντονίστρια</span>, <span>Network of Island Towns</span>' in preview
    others = [one for slug in ("d1-steering", "d1-workshop-a") for one in values(slug).speakers]
    assert {one.organisation for one in others} == {""}
