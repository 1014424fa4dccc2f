"""Who signs in to the demo, which plans it has and which practices ask. All invented; phone numbers are those kept for stories."""

from dataclasses import dataclass
from typing import Any

from authreview.roles import Role
from cases.intake_data import PractitionerData

PASSWORD = "demo"  # noqa: S105 - no secret: it is printed, and the demo refuses to run where it could matter
CURRENT, EXPIRED = 400, -40  # days from today until a licence ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One sign-in. `licences`: state -> days from today until it ends. `look`: what to see first."""

    username: str
    roles: tuple[Role, ...]
    given_name: str
    family_name: str
    credentials: str = ""
    specialty: str = ""
    npi: str = ""
    licences: tuple[tuple[str, int], ...] = ()
    look_at: str = ""  # a member number: their case
    look: str = ""


STATES = ("OH", "MI", "IN", "PA")
ACCOUNTS: tuple[Account, ...] = (
    Account(
        username="intake", roles=(Role.INTAKE,), given_name="Robin", family_name="Fielding", look="New request; two drafts wait in Intake"
    ),
    Account(
        username="nurse",
        roles=(Role.NURSE,),
        given_name="Dana",
        family_name="Whitlock",
        credentials="RN, CCM",
        licences=tuple((state, CURRENT) for state in ("OH", "MI")),
        look_at="SHP-000101",
        look="case A as received",
    ),
    Account(
        username="nurse2",
        roles=(Role.NURSE,),
        given_name="Marisol",
        family_name="Quintero",
        credentials="RN, BSN",
        licences=tuple((state, CURRENT - 120) for state in ("OH", "PA")),
        look_at="AHH-000202",
        look="case B as received",
    ),
    Account(
        username="medical_director",
        roles=(Role.MEDICAL_DIRECTOR,),
        given_name="Helen",
        family_name="Ostrander",
        credentials="MD",
        specialty="Physical Medicine and Rehabilitation",
        npi="1003456708",
        licences=tuple((state, CURRENT) for state in STATES),
        look_at="SHP-000103",
        look="case A, the blocks are to be decided",
    ),
    Account(
        username="medical_director2",
        roles=(Role.MEDICAL_DIRECTOR,),
        given_name="Samuel",
        family_name="Adeyemi",
        credentials="MD, PhD",
        specialty="Neurology",
        npi="1123098703",
        licences=(("IN", CURRENT + 90), ("MI", EXPIRED), ("OH", CURRENT + 90)),
        look_at="MTE-000301",
        look="a Michigan case: the licence there has expired",
    ),
    Account(
        username="supervisor",
        roles=(Role.SUPERVISOR,),
        given_name="Joan",
        family_name="Lindqvist",
        credentials="RN, MSN",
        look="Worklist, team: who has what, and what is overdue",
    ),
    Account(
        username="policy_editor",
        roles=(Role.POLICY_EDITOR,),
        given_name="Priya",
        family_name="Raman",
        credentials="PharmD",
        look="Admin, policy versions",
    ),
    Account(
        username="policy_approver",
        roles=(Role.POLICY_APPROVER,),
        given_name="Theodore",
        family_name="Marsh",
        credentials="MD",
        look="Admin, policy versions",
    ),
    Account(
        username="letters",
        roles=(Role.LETTERS,),
        given_name="Cleo",
        family_name="Novak",
        look_at="SHP-000104",
        look="case A decided: letters to issue; more wait under Letters to print",
    ),
    Account(
        username="auditor",
        roles=(Role.AUDITOR,),
        given_name="Ingrid",
        family_name="Solano",
        look_at="SHP-000106",
        look="a closed case with its history",
    ),
    Account(
        username="admin",
        roles=(Role.ADMIN,),
        given_name="Wesley",
        family_name="Okafor",
        look="Admin: plans, turnaround rules, letter texts, users",
    ),
)


def _contact(name: str, box: int, area: str) -> dict[str, Any]:
    """What letters print of a plan."""
    return {
        "address": [name, f"PO Box {box}", "Sampletown, OH 43001"],
        "phone": f"{area}-555-0100",
        "tty": "711",
        "hours": {"en": "Monday to Friday, 8 am to 6 pm", "es": "lunes a viernes, de 8 am a 6 pm"},
        "fax": f"{area}-555-0101",
        "appeals_address": [name, "Appeals", f"PO Box {box + 1}", "Sampletown, OH 43001"],
        "appeals_fax": f"{area}-555-0102",
        "peer_phone": f"{area}-555-0103",
        "provision": {"en": "section 4.2", "es": "la sección 4.2"},
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    code: str
    name: str
    line_of_business: str
    contact: dict[str, Any]
    state: str = "OH"
    prefix: str = ""  # of its member numbers


PLANS: tuple[DemoPlan, ...] = (
    DemoPlan(
        code="base",
        name="Sample Health Plan",
        line_of_business="commercial",
        prefix="SHP",
        contact=_contact("Sample Health Plan", 100, "800"),
    ),
    DemoPlan(
        code="ahh", name="AHH Member Plan", line_of_business="commercial", prefix="AHH", contact=_contact("AHH Member Plan", 200, "833")
    ),
    DemoPlan(
        code="maplewood",
        name="Maplewood Tools Employee Health Plan",
        line_of_business="erisa_self_funded",
        prefix="MTE",
        contact=_contact("Maplewood Tools Employee Health Plan", 300, "844"),
    ),
    DemoPlan(
        code="lakeside",
        name="Lakeside Marketplace Silver",
        line_of_business="marketplace",
        prefix="LMS",
        contact=_contact("Lakeside Marketplace Silver", 400, "855"),
    ),
    DemoPlan(
        code="senior",
        name="Sample Senior Advantage",
        line_of_business="medicare_advantage",
        prefix="SSA",
        contact=_contact("Sample Senior Advantage", 500, "866"),
    ),
    DemoPlan(
        code="community",
        name="Sample Community Care",
        line_of_business="medicaid",
        prefix="SCC",
        contact=_contact("Sample Community Care", 600, "877"),
    ),
)


def _practice(npi: str, name: str, specialty: str, number: int, *address: str) -> PractitionerData:
    phone, fax = f"614-555-{number:04d}", f"614-555-{number + 1:04d}"
    return PractitionerData(npi=npi, name=name, specialty=specialty, phone=phone, fax=fax, address=address)


PRACTICES: tuple[PractitionerData, ...] = (
    _practice("1200441107", "Lena Hartwell", "Pain Medicine", 110, "Riverside Pain Center", "12 Mill Lane", "Sampletown, OH 43001"),
    _practice("1355790209", "Oscar Benitez", "Neurology", 112, "Sampletown Neurology", "48 Clinic Road", "Sampletown, OH 43001"),
    _practice("1411023603", "Grace Nakamura", "Physical Medicine and Rehabilitation", 114, "Nakamura Rehabilitation", "Lakeview, OH 43331"),
    _practice("1509887307", "Aaron Feld", "Family Medicine", 116, "Feld Family Practice", "7 Orchard Street", "Maplewood, OH 45340"),
    _practice(
        "1667204501", "Ruth Abernathy", "Anesthesiology", 118, "Abernathy Anesthesia Group", "90 Park Avenue", "Sampletown, OH 43001"
    ),
    _practice("1744002100", "Victor Lindgren", "Orthopedic Surgery", 120, "Lindgren Orthopedics", "3 Harbor Way", "Lakeview, OH 43331"),
    _practice("1883012902", "Amara Diallo", "Neurology", 122, "Headache Clinic of Sampletown", "48 Clinic Road", "Sampletown, OH 43001"),
)
FACILITY = PractitionerData(npi="1900275706", name="Sampletown Surgery Center", phone="614-555-0130", fax="614-555-0131")

_GIVEN = """
Alma Bennett Carmen Darnell Elise Felix Georgia Hassan Irene Jamal Keiko Leon Marta Nolan Odessa Pavel Quinn Rosa Silas Tamika Ulric Vera
Walter Ximena Yusuf Zelda Anton Bianca Cyrus Delia Emmett Fatima Gordon Hope Ivan Joyce Karim Lydia Moses Nadia Otis Paloma Rafael Selma
Tobias Una Vincent Willa Xavier Yolanda Zane Agnes Bruno Celeste Dmitri Esther Floyd Greta Hector Imani Jonas Kendra Lucian Mabel Niels
Opal Pierre Renata Stefan Thea
"""
_FAMILY = """
Ashby Barlow Castellano Draper Eastman Farrow Galindo Holloway Ibarra Jessup Kowalski Lockhart Mercado Norwood Oakley Pruitt Quigley Rosario
Stanton Trujillo Underhill Vasquez Winslow Yarrow Zimmer Aldridge Bellamy Crane Delgado Ellery Fontaine Garner Hadley Inman Jarvis Keating
Lowell Montoya Nash Ortega Paxton Rutledge Sandoval Thorne Upton Valdez Whitaker York Zamora Archer Bristow Corbin Dawes Espinoza Fisk Greer
Haines Irving Joyner Kimball Lomax Maddox Nunez Osborne Pickett Reyes Sutter Tate
"""
GIVEN, FAMILY = tuple(_GIVEN.split()), tuple(_FAMILY.split())
