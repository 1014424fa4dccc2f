"""The steps of the journeys, as a nurse would say them: given (a request comes in), when (somebody does), then (the page says)."""

import re

import pypdfium2
from playwright.sync_api import expect

from cases.demo.people import PASSWORD
from cases.letters.render import plain_document
from cases.models import Determination


# ---- given: a request comes in --------------------------------------------------------------------------------------------------
def intake_types(intake, asked):
    """The form of the request, typed in from top to bottom."""
    page = intake.page
    intake.key("n")
    _member(intake, asked)
    _practitioner(intake, asked.requester)
    intake.choose(field(page, "review_type"), {"preservice": "Before the service", "postservice": "After the service"}[asked.review_type])
    intake.choose(field(page, "channel"), "Fax")
    for number, diagnosis in enumerate(asked.diagnoses):
        if number:
            _add(intake, "Add a diagnosis", f"diagnoses-{number}-code")
        intake.fill(field(page, f"diagnoses-{number}-code"), diagnosis.code)
        intake.fill(field(page, f"diagnoses-{number}-text"), diagnosis.text)
        intake.choose(field(page, f"diagnoses-{number}-certainty"), diagnosis.certainty.capitalize())
    for number, line in enumerate(asked.lines):
        if number:
            _add(intake, "Add a line", f"lines-{number}-code")
        _line(intake, f"lines-{number}", number, line)
    for number, treatment in enumerate(asked.treatments):
        _add(intake, "Add a treatment", f"treatments-{number}-kind")
        page.locator(f"[name=treatments-{number}-kind]").select_option(treatment.kind)


def _member(intake, asked):
    page, member = intake.page, asked.member
    page.locator("[name=plan]").select_option(asked.plan)
    intake.fill(field(page, "member_id"), member.member_id)
    intake.fill(field(page, "given_name"), member.given_name)
    intake.fill(field(page, "family_name"), member.family_name)
    intake.fill(field(page, "birth_date"), member.birth_date.isoformat())
    intake.fill(field(page, "joined_on"), member.joined_on.isoformat())
    intake.choose(field(page, "language"), {"en": "English", "es": "Spanish"}[member.language])
    intake.fill(field(page, "address"), "\n".join(member.address))
    intake.click(page.get_by_label("I have checked that the member is covered"))


def _practitioner(intake, who):
    """The number is looked up first; what is on file would fill the rest."""
    page = intake.page
    intake.fill(field(page, "requester_npi"), who.npi)
    with page.expect_response(lambda answer: answer.request.method == "POST" and "find-requester" in (answer.request.post_data or "")):
        intake.key("Tab")
    expect(page.get_by_text("Not on file yet.")).to_be_visible()
    for name in ("name", "specialty", "phone", "fax"):
        intake.fill(field(page, f"requester_{name}"), getattr(who, name))
    intake.fill(field(page, "requester_address"), "\n".join(who.address))


def _line(intake, prefix, number, line):
    page = intake.page
    intake.fill(field(page, f"{prefix}-code"), line.code)
    intake.fill(field(page, f"{prefix}-units"), str(line.units))
    intake.choose(field(page, f"{prefix}-place"), "11 Office")
    intake.fill(field(page, f"{prefix}-first_service"), line.first_service.isoformat())
    intake.fill(field(page, f"{prefix}-diagnoses"), ", ".join(line.diagnoses))
    for place, site in enumerate(line.sites):
        if place:
            intake.click(page.locator(f"#add-site-{number}"))
            expect(field(page, f"{prefix}-site_{place}")).to_be_visible()
        intake.fill(field(page, f"{prefix}-site_{place}"), site.name)
        if site.side:
            intake.choose(field(page, f"{prefix}-side_{place}"), "Both sides")


def _add(intake, button, name):
    intake.click(intake.page.get_by_role("button", name=button))
    expect(field(intake.page, name)).to_be_visible()


def intake_attaches(intake, document):
    """The note as the PDF that came by fax."""
    page = intake.page
    intake.attach(field(page, "documents-uploads"), (f"{document.title}.pdf", plain_document(document.title, document.text)))
    intake.fill(field(page, "documents-title"), document.title)
    intake.fill(field(page, "documents-date"), document.date.isoformat())
    intake.click(page.get_by_role("button", name="Attach"))
    expect(page.locator("#section-documents .attached")).to_contain_text(document.title)


def intake_adds_to_the_record(intake, reference, document):
    """What comes later is attached on the page of documents."""
    page = intake.page
    page.goto(f"/cases/{reference}/documents/")
    intake.attach(field(page, "uploads"), (f"{document.title}.pdf", plain_document(document.title, document.text)))
    intake.fill(field(page, "title"), document.title)
    intake.fill(field(page, "date"), document.date.isoformat())
    intake.click(page.get_by_role("button", name="Attach"))
    expect(page.locator("table.rows")).to_contain_text(document.title)


def intake_routes(intake):
    """The reference that the case got."""
    intake.click(intake.page.get_by_role("button", name="Route to review"))
    said = intake.page.locator("#messages .message").first
    expect(said).to_contain_text("is routed.")
    return re.search(r"PA-\d{4}-\d{6}", said.inner_text()).group()


# ---- when: a nurse reviews ------------------------------------------------------------------------------------------------------
def takes_next(nurse, reference):
    nurse.page.goto("/")
    nurse.key("t")
    expect(nurse.page.get_by_text(reference).first).to_be_visible()
    expect(nurse.page.locator("#checklist")).to_be_visible()
    nurse.page.wait_for_load_state()


def cites(nurse, words, *numbers, finding):
    """Select a passage, press the criterion's number: it is marked, and the row in hand is the next open one."""
    for number in numbers:
        nurse.drag(words)
        for digit in str(number):
            nurse.key(digit)
        says(nurse, number, finding)
        expect(nurse.page.locator(".record-pending")).to_be_hidden()


def marks(nurse, number, key, finding):
    """A digit for the row in hand."""
    expect(row(nurse, number)).to_be_focused()
    nurse.key(key)
    says(nurse, number, finding)


def accepts_all(nurse):
    nurse.key("Shift+A")
    expect(nurse.page.locator("#messages")).to_contain_text("accepted.")


def marks_and_cites(nurse, number, key, words, finding):
    """The row in hand: a finding of one's own, and the passage it rests on."""
    marks(nurse, number, key, finding)
    nurse.drag(words)
    nurse.key("c")
    expect(row(nurse, number).locator(".cite").last).to_contain_text(words)
    expect(nurse.page.locator(".record-pending")).to_be_hidden()


def accepts_what_changed(nurse):
    """Proposals of the line in hand whose facts are others now, one by one."""
    for accept in nurse.page.locator(".row-c:has(.row-stale)").get_by_role("button", name="Accept").all():
        nurse.click(accept)
    expect(nurse.page.locator(".row-c .row-stale")).to_have_count(0)


def goes_to_line(nurse, number):
    nurse.click(nurse.page.get_by_role("navigation", name="Service lines").get_by_role("link").nth(number - 1))
    expect(nurse.page.locator(f"#checklist[data-line='{number}']")).to_be_visible()
    nurse.page.wait_for_load_state()


def requests_information(nurse, said, screen=None):
    """Everything that is open, in one request; its letters go with it."""
    nurse.key("r")
    arrives(nurse, "Request information")
    if screen:
        screen(nurse.page, "request")
    nurse.key("s")
    told(nurse, said)
    nurse.page.wait_for_load_state()


def refers(nurse, said, screen=None):
    """The lines whose next step is the director, with the one question that is written from the findings."""
    nurse.key("f")
    arrives(nurse, "Refer")
    if screen:
        screen(nurse.page, "referral")
    nurse.key("s")
    told(nurse, said)
    nurse.page.wait_for_load_state()


def everything_has_arrived(nurse):
    """The items of the request are answered in the newest document."""
    nurse.key("v")
    arrives(nurse, "What arrived")
    nurse.key("v")
    told(nurse, "Recorded.")
    nurse.page.wait_for_load_state()


def amends(nurse, lines, said, **changes):
    """What the practice changed, on which lines, and who agreed."""
    form = nurse.page.locator(".amend-form")
    nurse.click(nurse.page.get_by_text("Record an amendment"))
    for line in lines:
        nurse.click(form.locator(f"[name=lines][value='{line}']"))
    for name, value in changes.items():
        nurse.fill(form.locator(f"[name={name}]"), value)
    nurse.key("Enter")
    told(nurse, said)
    nurse.page.wait_for_load_state()


def reads(person, title):
    """What came stands open in the pane beside the checklist, on every line."""
    expect(person.page.locator(".sheet-page")).to_have_attribute("data-label", re.compile(title))


def types_a_fact(nurse, number, words, typed, said):
    """With its source selected: fact, arithmetic and finding together, and the next open row is in hand."""
    expect(row(nurse, number)).to_be_focused()
    nurse.drag(words)
    nurse.key("t")
    expect(row(nurse, number).locator("[name=typed]")).to_be_focused()
    nurse.type(typed)
    nurse.key("Enter")
    told(nurse, said)
    says(nurse, number, "met")


def approves(nurse, said):
    """The line in hand, in full. The authorization number that it got."""
    nurse.key("p")
    arrives(nurse, "Approve")
    nurse.key("s")
    told(nurse, said)
    nurse.page.wait_for_load_state()
    return re.search(r"A-\d{2}-\d{6}-\d{2}-\d", nurse.page.locator("#messages").inner_text()).group()


def opens(person, reference):
    person.page.goto(f"/cases/{reference}/")
    person.page.wait_for_load_state()


def arrives(person, title):
    """On the page of this title, and its keys act."""
    expect(person.page).to_have_title(re.compile(f"^{title}, "))
    person.page.wait_for_load_state()


def then_denying_is_refused(nurse, reference, line):
    """Whatever a nurse's browser sends."""
    token = nurse.page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    address = f"/cases/{reference}/sign-off/{line}"
    form = {"decision": "denied", "basis": "experimental", "rationale": "No.", "no_conflict": "on", "password": PASSWORD}
    answer = nurse.page.request.post(address, form=form | {"csrfmiddlewaretoken": token}, headers={"Referer": nurse.page.url})
    assert answer.status == 403, answer.text()
    assert "A nurse cannot deny or reduce a request. Refer the line to a medical director." in answer.text()
    assert Determination.objects.count() == 0


# ---- when: a director decides ---------------------------------------------------------------------------------------------------
def marks_further(director, number, key, *, finding, same_on=""):
    """What nobody has marked yet, so that a letter names every reason; the same for the same question on the other lines."""
    director.click(row(director, number).locator(".row-text"))
    director.key(key)
    says(director, number, finding)
    if same_on:
        director.key("s")
        told(director, same_on)


def takes_next_to_decide(director, line):
    director.key("t")
    expect(director.page.locator(f"#checklist[data-line='{line}']")).to_be_visible()
    director.page.wait_for_load_state()


def turns_to_sign_off(director, reference, line):
    director.page.goto(f"/cases/{reference}/sign-off/{line}")
    director.page.wait_for_load_state()


def talks_to_the_practice(director):
    """The conversation is offered, and how it went is written down."""
    part = director.page.locator("#peer-to-peer")
    director.click(part.get_by_text("Offer a conversation"))
    director.click(part.get_by_role("button", name="Offer"))
    told(director, "The conversation is offered.")
    director.click(part.get_by_text("Record how it went"))
    director.choose(part.get_by_label("How it went"), "Declined")
    director.click(part.get_by_role("button", name="Record"))
    told(director, "Recorded how the conversation went.")
    director.page.wait_for_load_state()


def denies(director, *, basis, why, circumstances, screen=None):
    """One line by itself, with its basis, what is particular, the rationale, the reason that the member reads, and the password."""
    page = director.page
    deny = page.get_by_text("Deny", exact=True)
    director.click(deny)
    try:
        expect(field(page, "basis")).to_be_visible(timeout=3000)
    except AssertionError:  # the page was drawn again under the press
        deny.click()
    director.choose(field(page, "basis"), basis)
    expect(field(page, "member_reason_en")).not_to_have_value("")
    director.fill(field(page, "circumstances"), circumstances)
    director.fill(field(page, "rationale"), why)
    director.click(page.get_by_label("I have no conflict of interest in this decision"))
    director.fill(field(page, "password"), PASSWORD)
    if screen:
        screen(page, "sign-off")
    director.key("Enter")
    told(director, "is signed: denied.")
    page.wait_for_load_state()


def row(person, number):
    return person.page.locator(f".row-c[data-number='{number}']")


# ---- then: what the page says ---------------------------------------------------------------------------------------------------
def says(person, number, finding):
    expect(row(person, number).locator(".row-status")).to_have_attribute("data-value", finding)


def stands(person, headline):
    expect(person.page.locator("#standing .big")).to_have_text(headline)


def told(person, words):
    expect(person.page.locator("#messages")).to_contain_text(words)


def tells(person, *sentences):
    """What happened, on the case page."""
    for sentence in sentences:
        expect(person.page.locator("#timeline")).to_contain_text(sentence)


def looks_at(person, address, heading):
    person.page.goto(address)
    expect(person.page.get_by_role("heading", name=heading).first).to_be_visible()
    person.page.wait_for_load_state()


def opens_summary(person, reference):
    person.page.goto(f"/cases/{reference}/summary")
    person.page.wait_for_load_state()


# ---- letters --------------------------------------------------------------------------------------------------------------------
def issues_all(desk, reference, said, screen=None):
    """Each letter is looked at beside what is missing in it; then all that are ready go."""
    desk.page.goto(f"/cases/{reference}/letters")
    expect(desk.page.locator("#main")).to_contain_text("Everything that this letter must say is in it.")
    if screen:
        screen(desk.page, "letter")
    desk.click(desk.page.locator("#issue-all"))
    told(desk, said)


def letters_of(person, reference, *names):
    """The words of these issued letters, read out of their PDFs."""
    return [text_of(pdf_of_letter(person, reference, name)) for name in names]


def pdf_of_letter(person, reference, name):
    person.page.goto(f"/cases/{reference}/letters")
    address = person.page.get_by_role("link", name=name).last.get_attribute("href")
    answer = person.page.request.get(f"{address}.pdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    return answer.body()


def text_of(pdf):
    """The words of a PDF, with single spaces; a word that a line broke at its hyphen is whole again."""
    document = pypdfium2.PdfDocument(pdf)
    words = " ".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return " ".join(words.replace("\ufffe", "-").split())


def keeps_pages(person, reference, name, screen):
    """The first page of a letter as a picture, for the documentation."""
    document = pypdfium2.PdfDocument(pdf_of_letter(person, reference, name))
    screen.picture("letter-" + name.lower().replace(" ", "-"), document[0].render(scale=1.5).to_pil())
    document.close()


def once(text, *sentences):
    for sentence in sentences:
        assert text.count(sentence) == 1, f"{sentence!r} stands {text.count(sentence)} times in: {text}"


def has_no_codes(text):
    """Of procedures or diagnoses."""
    assert re.findall(r"\b(?:\d{5}(?<!43001)|[A-TV-Z]\d\d\.\w+)\b", text) == []


def sends_all(desk, said):
    """Everything that was issued goes out by mail."""
    desk.page.goto("/letters/print")
    desk.click(desk.page.get_by_role("button", name="Record the chosen ones as sent"))
    told(desk, said)


def then_the_queue_is_empty(person, tab):
    person.page.goto(f"/?tab={tab}")
    expect(person.page.locator("#case-rows")).to_have_count(0)


def field(page, name):
    return page.locator(f"[name={name}]")
