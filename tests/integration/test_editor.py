"""The tree editor in the administration: who writes, every operation as a plain button, what stays after another's save, undo, examples."""

import pytest
from django.urls import reverse

from authreview.errors import Incomplete
from cases.actions.replay import start_replay
from criteria.actions import new_draft, save_draft
from criteria.admin.editor import REMOVED
from criteria.models import PolicyVersion
from criteria.places import found, path_of, text_of
from tests.clients import signed_in
from tests.factories import plans, user
from tests.small_policies import drafted, published, small
from tests.unit.policy_files import document as file_document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
ROOT = "rules[0].criteria"


@pytest.fixture
def editor():
    return signed_in("policy_editor")


@pytest.fixture
def draft():
    return drafted(small())


def url(version, name="editor"):
    return reverse(f"admin:criteria_policyversion_{name}", args=[version.pk])


def words(response):
    return " ".join(response.content.decode().split())


def now(version):
    return PolicyVersion.objects.select_related("policy").get(pk=version.pk)


def do(client, version, op, at=ROOT, **more):
    return client.post(url(version, "editor_do"), {"op": op, "at": at, "tab": "tree", "revision": now(version).revision} | more)


def form_of(client, version, at=ROOT):
    """What a browser would send of the form of a node."""
    context = client.get(url(version), {"at": at}).context
    sent = {}
    for field in (field for view in context["sections"] for field in view.fields):
        sent |= of_field(field)
    return sent | (of_example(context["example"]) if context["example"] else {})


def of_field(field):
    if field.field.kind == "flag":
        return {field.name: "on"} if field.value else {}
    if field.field.kind == "choice":
        return {field.name: next((value for value, _, chosen in field.options if chosen), "")}
    return {field.name: field.value}


def of_example(shown):
    sent = {"lists": "1"}
    for field in [*shown.facts, *(cell for table in shown.tables for row in table.rows for cell in row)]:
        sent |= of_field(field)
    for column in shown.columns:
        sent |= {f"compare.{column.key}": "on"} if column.is_compared else {}
    for line in (line for _, lines in shown.parts for line in lines):
        sent |= of_field(line.finding)
        for column, ticked in line.ticks:
            sent.setdefault(f"expect.{column.key}", []).extend([line.name] * ticked)
        sent[f"expect.shortest.{line.name}"] = next(value for value, _, chosen in line.needs if chosen)
    return sent


def save(client, version, /, at=ROOT, revision=None, headers=None, **changed):
    sent = {"check": "", "kind": ""} | form_of(client, version, at) | changed
    return client.post(
        url(version, "editor_save"), {"at": at, "tab": "tree", "revision": revision or now(version).revision} | sent, headers=headers or {}
    )


def criteria(version):
    return now(version).document["rules"][0]["criteria"]


# ---- who


@pytest.mark.parametrize(
    ("role", "sees", "writes"),
    [("policy_editor", 200, True), ("policy_approver", 200, False), ("auditor", 200, False), ("nurse", 403, False)],
)
def test_needs_role(draft, role, sees, writes):
    client = signed_in(role)
    response = client.get(url(draft))
    assert response.status_code == sees
    if sees == 200:
        assert response.context["may"] is writes
    assert do(client, draft, "add").status_code == (302 if writes else 403)
    assert (now(draft).revision > draft.revision) is writes
    assert client.get(reverse("admin:criteria_policyversion_start")).status_code == (200 if writes else 403)


def test_rejects_wrong_status(editor):
    version = published(small())
    assert editor.get(url(version)).context["why"] == "It is published; only a draft is written."
    assert do(editor, version, "add").status_code == 409
    assert save(editor, version, text="Another text").status_code == 409
    assert now(version).document == small()


# ---- from nothing


def test_starts_from_nothing(editor):
    response = editor.post(reverse("admin:criteria_policyversion_start"), {"title": "Hip shots", "policy": "hip-shots", "version": "1"})
    version = PolicyVersion.objects.get()
    assert response["Location"] == url(version)
    page = editor.get(url(version))
    assert (page.status_code, version.title, version.status) == (200, "Hip shots", "draft")
    assert "This list is empty" in words(page)
    assert editor.get(url(version, "change"))["Location"] == url(version)


def test_the_next_version_begins_with_the_text_of_the_last(editor):
    version = published(small())
    start = reverse("admin:criteria_policyversion_start") + f"?from={version.pk}"
    assert "The next version of Joint shots" in words(editor.get(start))
    editor.post(start, {"title": "Joint shots", "policy": "joint-shots", "version": "2"})
    draft = PolicyVersion.objects.get(status="draft")
    assert draft.document == small(version="2") | {"effective": {"from": "2026-03-10"}}


def test_an_incomplete_draft_is_discarded(editor, draft):
    do(editor, draft, "group")
    assert "Discard this draft" in words(editor.get(url(draft)))
    editor.post(url(draft, "step"), {"step": "discard"})
    assert PolicyVersion.objects.count() == 0


@pytest.mark.parametrize(("slug", "status"), [("Hip Shots", 422), ("", 422), ("joint-shots", 409)])
def test_shows_errors(editor, draft, slug, status):
    response = editor.post(reverse("admin:criteria_policyversion_start"), {"title": "Hip shots", "policy": slug, "version": "2"})
    assert response.status_code == status
    assert 'value="Hip shots"' in words(response)


def test_an_incomplete_draft_is_not_submitted(editor, draft):
    do(editor, draft, "add")
    assert f'name="shown" value="{now(draft).digest}"' in words(editor.get(url(draft, "editor")))
    response = editor.post(url(draft, "step"), {"step": "submit", "shown": now(draft).digest})
    assert (response.status_code, now(draft).status) == (422, "draft")


# ---- the tree


def test_works(editor, draft):
    response = do(editor, draft, "add")
    assert response["Location"].endswith("?tab=tree&at=rules%5B0%5D.criteria.all%5B1%5D")
    assert [node["id"] for node in criteria(draft)["all"]] == ["hip_pain", "criterion-1"]
    at = f"{ROOT}.all[1]"
    for op, order in (("up", ["criterion-1", "hip_pain"]), ("down", ["criterion-1", "hip_pain"])):
        do(editor, draft, op, at)
        assert [node["id"] for node in criteria(draft)["all"]] == order if op == "up" else True
    do(editor, draft, "to", f"{ROOT}.all[1]", target=f"{ROOT}.all[0]")
    do(editor, draft, "delete", f"{ROOT}.all[1]")
    assert len(criteria(draft)["all"]) == 1


def test_what_cannot_be_is_said(editor, draft):
    response = editor.post(url(draft, "editor_do"), {"op": "out", "at": ROOT, "revision": draft.revision}, follow=True)
    assert "This stands alone and stays where it is." in words(response)
    assert now(draft).revision == draft.revision


@pytest.mark.parametrize("op", ["", "explode", "delete"])
@pytest.mark.parametrize("at", ["", "rules[9]", "nothing.at[all", "rules[0].criteria"])
def test_hand_made_operations_break_nothing(editor, draft, op, at):
    assert do(editor, draft, op, at).status_code in (302, 409, 422)
    assert editor.get(url(draft), {"at": at, "tab": "x", "f-hip_pain": "surely"}).status_code == 200


def test_undo_takes_back_one_save_after_the_other(editor, draft):
    before = now(draft).document
    do(editor, draft, "add")
    between = now(draft).document
    do(editor, draft, "group")
    do(editor, draft, "undo")
    assert now(draft).document == between
    do(editor, draft, "undo")
    assert now(draft).document == before
    assert do(editor, draft, "undo").status_code == 409


# ---- the form


def test_works_without_htmx(editor, draft):
    assert save(editor, draft, text="Pain in the hip", **{"reason.es": "Sin dolor."}).status_code == 302
    assert (criteria(draft)["text"], criteria(draft)["reason"]) == ("Pain in the hip", {"en": "No hip pain.", "es": "Sin dolor."})


def test_hand_made_fields_are_stored_as_text_or_passed_over(editor, draft):
    save(editor, draft, text="Pain\0 here", check="explode", authority="nobody", surprise="x", **{"check.age.at_least": "9" * 400})
    assert criteria(draft) == small()["rules"][0]["criteria"] | {"text": "Pain here", "authority": "nobody"}
    assert editor.get(url(draft), {"at": ROOT}).status_code == 200
    assert save(editor, draft, "", version="").status_code == 422
    assert save(editor, draft, "rules[5]").status_code == 409


def test_a_check_is_picked_and_filled(editor, draft):
    save(editor, draft, check="symptom_duration")
    assert criteria(draft)["check"] == {"symptom_duration": {}}
    page = editor.get(url(draft), {"at": ROOT})
    assert "Give exactly one of more_than, at_least here." in words(page)
    save(editor, draft, check="symptom_duration", **{"check.symptom_duration.more_than": "3 months"})
    assert criteria(draft)["check"] == {"symptom_duration": {"more_than": "3 months"}}
    save(editor, draft, check="")
    assert "check" not in criteria(draft)


def test_what_is_wrong_is_stored_and_said_at_its_field(editor, draft):
    save(editor, draft, check="units")
    save(editor, draft, check="units", **{"check.units.at_most": "many"})
    assert criteria(draft)["check"] == {"units": {"at_most": "many"}}
    page = editor.get(url(draft), {"at": ROOT})
    [field] = [field for view in page.context["sections"] for field in view.fields if field.name == "check.units.at_most"]
    assert field.errors == ('This is text ("many"). Allowed: a whole number from 1 to 1000000, without quotes.',)


def test_saving_an_unchanged_node_changes_nothing_that_counts(editor):
    version = drafted(file_document())
    paths = [row.at for row in editor.get(url(version)).context["tree"]]
    for at in [*paths, "references[0]", "examples[0]"]:
        node = editor.get(url(version), {"at": at}).context["node"]
        check = next(iter(node.get("check") or {"": None}))
        save(editor, version, at, check=check)
    page = editor.get(url(version, "change"))
    assert page.status_code == 200
    saved = [save.detail for entry in page.context["entries"] for save in entry.folded or (entry,) if save.text == "Saved"]
    assert saved
    assert set(saved) <= {"Nothing that a reviewer sees."}


def test_two_tabs_lose_nothing(editor, draft):
    opened = now(draft).revision
    assert save(editor, draft, revision=opened, text="The first").status_code == 302
    second = save(editor, draft, revision=opened, headers={"HX-Request": "true"}, text="The second", help="Look twice.")
    said = words(second)
    assert (second.status_code, second["HX-Retarget"], criteria(draft)["text"]) == (409, "#node", "The first")
    assert "was saved since you opened it" in said
    assert "Stored now: The first" in said
    assert 'value="The second"' in said
    assert "Look twice." in said
    assert save(editor, draft, text="The second", help="Look twice.").status_code == 302
    assert criteria(draft)["text"] == "The second"


# ---- trying it


def papers(tried):
    return {paper.title: [line.text for line in paper.lines] for paper in tried.papers}


def test_try_out_shows_what_comes_of_it(editor, draft):
    page = editor.get(url(draft), {"at": ROOT, "f-hip_pain": "not_documented"})
    tried = page.context["try"]
    assert (tried.title, papers(tried)["In the request"]) == ("Undecided: asks for 1 thing", ["Where it hurts"])
    assert papers(tried)["In the letter, if nobody answers"] == ["Nothing is said of pain."]
    met = editor.get(url(draft), {"at": ROOT, "f-hip_pain": "met"}).context["try"]
    assert met.title == "Met: a medical director certifies"
    unmet = editor.get(url(draft), {"at": ROOT, "f-hip_pain": "not_met"}).context["try"]
    assert papers(unmet) == {"In the letter": ["No hip pain."]}


def test_an_exclusion_is_tried_in_the_words_of_the_checklist(editor):
    document = small("hip")
    document["rules"][0]["criteria"] = {"none": [document["rules"][0]["criteria"]]}
    draft = new_draft(document=document | {"examples": []}, by=user("policy_editor"))
    tried = editor.get(url(draft), {"at": ROOT}).context["try"]
    [row] = tried.rows
    assert [(value, kind, label) for value, kind, label, _ in row.options][:2] == [
        ("met", "not-met", "Applies"),
        ("not_met", "met", "Does not apply"),
    ]
    assert tried.steps == ("Hip pain: does not apply",)
    assert tried.parts[0].entries[0].text == "None of these may apply"


def test_what_was_tried_becomes_an_example(editor, draft):
    do(editor, draft, "example", **{"f-hip_pain": "not_met"})
    assert now(draft).document["examples"][-1] == {
        "name": "Hip pain: not met",
        "rule": "hip",
        "findings": {"hip_pain": "not_met"},
        "expect": {"value": "not_met", "open": [], "next": "refer", "reasons": ["hip_pain"]},
    }
    assert "Examples: 2 of 2 hold." in words(editor.get(url(draft)))


def blocked(editor, draft):
    return editor.get(url(draft)).context["blockers"]


def test_an_example_that_fails_is_named(editor, draft):
    save(editor, draft, "examples[0]", **{"expect.value": "not_met"})
    page = words(editor.get(url(draft), {"tab": "examples", "at": "examples[0]"}))
    assert "Examples: 0 of 1 hold." in page
    assert "Value: expected not met, got met." in page
    assert ("pain", "It fails: Value: expected not met, got met.") in [(row.label, row.message) for row in blocked(editor, draft)]


def test_what_blocks_leads_to_its_field(editor, draft):
    save(editor, draft, text="")
    [row] = editor.get(url(draft)).context["blockers"]
    assert row.url == f"{url(draft)}?tab=tree&at=rules%5B0%5D.criteria#field-text"
    assert row.message == "Text. This is still empty."


@pytest.mark.parametrize(
    ("where", "wrong", "anchor"),
    [
        ("rules[0].lay_name", None, "field-lay_name-en"),
        (f"{ROOT}.reason", None, "field-reason-en"),
        (f"{ROOT}.check", {"symptom_duration": []}, "field-check-symptom_duration-more_than"),
        ("source", None, "field-source-name"),
        ("effective", None, "field-effective-from"),
        ("examples", [], "try"),
        ("examples[0].findings", [], "part-criteria"),
        ("examples[0].facts", {"line": {"sites": "here"}}, "field-facts-line-sites"),
        ("examples[0].expect", [], "field-expect-value"),
        (ROOT, {"all": []}, ""),
        ("references", "none", "blockers"),
    ],
)
def test_everything_that_blocks_leads_to_a_place_of_the_page(editor, draft, where, wrong, anchor):
    """Also where a whole is missing that the form shows in parts, and where the form has no field for it."""
    document = small()
    *way, last = path_of(where)
    holder = found(document, text_of(way))
    holder.pop(last) if wrong is None else holder.update({last: wrong})
    save_draft(version_id=draft.pk, document=document, revision=draft.revision, by=user("policy_editor"))
    row = next(row for row in editor.get(url(draft)).context["blockers"] if row.where.startswith(where))
    page, _, hash_ = row.url.partition("#")
    assert hash_ == anchor
    assert not anchor or f'id="{anchor}"' in words(editor.get(page))


@pytest.mark.parametrize("tab", ["tree", "references", "examples", "yaml"])
def test_every_tab_is_a_page(editor, tab):
    version = drafted(file_document())
    response = editor.get(url(version), {"tab": tab, "at": {"references": "references[0]", "examples": "examples[0]"}.get(tab, ROOT)})
    assert response.status_code == 200


@pytest.mark.parametrize("nodes", [1, 3])
def test_query_count(editor, draft, nodes, django_assert_num_queries):
    for _ in range(nodes):
        do(editor, draft, "add")
    with django_assert_num_queries(7):
        editor.get(url(draft))


# ---- beside the tree


def test_a_reference_is_added_cited_by_picking_and_taken_out(editor, draft):
    assert do(editor, draft, "reference")["Location"].endswith("at=references%5B0%5D")
    save(editor, draft, "references[0]", title="A guide", id="guide")
    save(editor, draft, cites=["guide"])
    assert criteria(draft)["cites"] == ["guide"]
    do(editor, draft, "delete", "references[0]")
    assert (now(draft).document["references"], criteria(draft)["cites"]) == ([], [])


def test_silence_is_offered_only_below_none(editor, draft):
    def offered(at):
        sections = editor.get(url(draft), {"at": at}).context["sections"]
        return "silence" in [field.name for view in sections for field in view.fields]

    assert not offered(ROOT)
    do(editor, draft, "add")
    save(editor, draft, kind="none")
    assert offered(f"{ROOT}.none[0]")


def test_an_incomplete_draft_is_not_replayed(editor, draft):
    do(editor, draft, "group")
    with pytest.raises(Incomplete, match="not complete yet"):
        start_replay(version_id=draft.pk, months=12, by=user("policy_editor"))


def test_the_text_comes_back_to_the_editor(editor, draft):
    text = editor.get(url(draft), {"tab": "yaml"}).context["form"].shown_text
    sent = {"text": text.replace("Hip pain", "Pain in the hip"), "revision": now(draft).revision, "editor": "1"}
    assert editor.post(url(draft, "text"), sent)["Location"] == url(draft)
    assert criteria(draft)["text"] == "Pain in the hip"


# ---- what is picked


def field_at(client, version, name, at=""):
    shown = client.get(url(version), {"at": at}).context["sections"]
    return next(field for view in shown for field in view.fields if field.name == name)


def test_plans_states_and_bases_are_picked(editor):
    plans()
    base, draft = published(small("knees")), drafted(small(plans=["ahh"], states=["OH"]))
    named, states, bases = (field_at(editor, draft, name) for name in ("applies_to.plans", "applies_to.states", "overlays"))
    assert [option for option in named.options if option[2]] == [("ahh", "AHH Member Plan (ahh)", True)]
    assert ("base", "Sample Health Plan (base)", False) in named.options
    assert states.options[0] == ("OH", "Ohio (OH)", True)
    assert bases.options == (("", "Nothing: a policy of its own", True), ("knees", f"{base.title} (knees)", False))
    save(editor, draft, "", **{"applies_to.plans": ["ahh", "base"], "applies_to.states": [""], "overlays": "knees"})
    document = now(draft).document
    assert (document["applies_to"], document["overlays"]) == ({"plans": ["ahh", "base"]}, "knees")
    assert field_at(editor, draft, "applies_to.plans").strange == ""


def test_what_is_in_no_list_is_kept_and_said(editor):
    draft = drafted(small("exception", of="gone", plans=["old-plan"]))
    named, base = (field_at(editor, draft, name) for name in ("applies_to.plans", "overlays"))
    assert named.options[0] == ("old-plan", "old-plan", True)
    assert named.strange == "No plan old-plan is kept here. The policy names it all the same."
    assert (base.options[0], base.strange) == (("gone", "gone", True), "No base policy gone is published.")
    save(editor, draft, "", summary="Anew")
    assert (now(draft).document["applies_to"], now(draft).document["overlays"]) == ({"plans": ["old-plan"]}, "gone")
    assert named.strange in words(editor.get(url(draft), {"at": ""}))


# ---- typed while an operation of the same page was on its way


def test_what_was_typed_before_the_answer_goes_where_its_node_stands(editor, draft):
    opened = now(draft).revision
    do(editor, draft, "add")  # the criterion stands in a group now
    sent = {
        "at": ROOT,
        "revision": opened,
        "late": now(draft).revision,
        "text": "Pain in the hip",
        "id": "hip_pain",
        "ask": "Where it hurts",
    }
    sent |= {"ask.en": "Where it hurts", "reason.en": "No hip pain.", "missing.en": "Nothing is said of pain.", "check": ""}
    response = editor.post(url(draft, "editor_save"), sent)
    assert response["Location"].endswith("at=rules%5B0%5D.criteria.all%5B0%5D")
    group = criteria(draft)["all"]
    assert ([child["text"] for child in group], group[0]["ask"]) == (["Pain in the hip", ""], "Where it hurts")


def test_what_was_typed_for_a_node_that_another_removed_does_not_go_into_the_one_after_it(editor, draft):
    do(editor, draft, "add")
    save(editor, draft, kind="any")
    opened, sent = now(draft).revision, form_of(editor, draft, f"{ROOT}.any[0]") | {"text": "Typed for the first", "check": ""}
    do(signed_in("policy_editor", username="pat"), draft, "delete", f"{ROOT}.any[0]")
    before = now(draft).document
    answer = save(editor, draft, f"{ROOT}.any[0]", revision=opened, headers={"HX-Request": "true"}, **sent)
    assert (answer.status_code, now(draft).document) == (409, before)
    assert answer["HX-Retarget"] == "#messages"
    assert REMOVED in answer.content.decode()


def test_late_is_said_of_ones_own_operation_alone(editor, draft):
    opened = now(draft).revision
    other = signed_in("policy_editor", username="pat")
    do(other, draft, "add")
    sent = {"at": ROOT, "revision": opened, "late": now(draft).revision, "text": "Pain in the hip", "check": ""}
    response = editor.post(url(draft, "editor_save"), sent)
    assert response.status_code == 409
    assert "Pain in the hip" in words(response)
    assert "Pain in the hip" not in str(now(draft).document)


# ---- a base as a plan sees it


def test_a_base_is_tried_with_the_exceptions_of_a_plan(editor):
    plans()
    published(small())
    published(small("ahh-joints", of="joint-shots", plans=["ahh"]))
    draft = drafted(small(version="2", begins="2026-04-01"))
    alone = editor.get(url(draft)).context["try"]
    assert (alone.whose, len(list(alone.rows))) == ((("ahh", "AHH Member Plan", False),), 1)
    tried = editor.get(url(draft), {"as": "ahh", "f-ahh-joints-pain": "met"}).context["try"]
    assert ([row.name for row in tried.rows], tried.title) == (["ahh-joints-pain", "hip_pain"], "Met: a medical director certifies")
    assert editor.get(url(draft), {"as": "base"}).context["try"].whose[0][2] is False

    do(editor, draft, "example", **{"as": "ahh", "f-ahh-joints-pain": "met"})
    example = now(draft).document["examples"][-1]
    assert (example["plan"], example["line_of_business"], example["state"]) == ("ahh", "commercial", "OH")
    assert "Examples: 2 of 2 hold." in words(editor.get(url(draft)))
