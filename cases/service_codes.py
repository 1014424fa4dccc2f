"""What the product knows of a procedure code: a lay name, how units and sides are counted, which sites and diagnoses go with it.

Pure data in our own words; no descriptor of a licensed code set is kept here. ServiceCode rows carry the columns.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CodeRule:
    """One code. `per_side`: asked for by side, both sides count as one unit on one line. Sites bound how many muscles or nerves are named.

    None is no bound. `verify` says what has not been confirmed against the plan's licensed code set.
    """

    code: str
    lay_name: Mapping[str, str]
    max_units_per_day: int | None = None
    per_side: bool = False
    min_sites: int | None = None
    max_sites: int | None = None
    verify: str = ""


_UNITS = "the most units a day are recalled, not read in the quarterly edit files"

SEED_CODES: tuple[CodeRule, ...] = (
    CodeRule(
        "20552",
        {
            "en": "shots into tight, painful muscle spots, one or two muscles",
            "es": "inyecciones en puntos musculares tensos y dolorosos, uno o dos músculos",
        },
        max_units_per_day=1,
        min_sites=1,
        max_sites=2,
        verify=_UNITS,
    ),
    CodeRule(
        "20553",
        {
            "en": "shots into tight, painful muscle spots, three or more muscles",
            "es": "inyecciones en puntos musculares tensos y dolorosos, tres o más músculos",
        },
        max_units_per_day=1,
        min_sites=3,
        verify=_UNITS,
    ),
    CodeRule(
        "20610",
        {
            "en": "shot into a large joint, such as the shoulder, hip or knee",
            "es": "inyección en una articulación grande, como el hombro, la cadera o la rodilla",
        },
        max_units_per_day=2,
        per_side=True,
        min_sites=1,
        verify=_UNITS,
    ),
    CodeRule(
        "64400",
        {"en": "numbing shots at nerves of the face or forehead", "es": "inyecciones anestésicas en nervios de la cara o la frente"},
        max_units_per_day=4,
        per_side=True,
        min_sites=1,
        verify="4 units a day were read in a vendor's table",
    ),
    CodeRule(
        "64405",
        {
            "en": "numbing shots at the large nerve at the back of the head",
            "es": "inyecciones anestésicas en el nervio grande de la parte de atrás de la cabeza",
        },
        max_units_per_day=1,
        per_side=True,
        verify="1 unit a day was read in a vendor's table",
    ),
    # that a nerve is named at all, the policy asks itself
    CodeRule(
        "64450",
        {
            "en": "numbing shots at another nerve, such as the small nerve at the back of the head",
            "es": "inyecciones anestésicas en otro nervio, como el nervio pequeño de la parte de atrás de la cabeza",
        },
        max_units_per_day=10,
        per_side=True,
        verify="10 units a day were read in a vendor's table",
    ),
    CodeRule(
        "64615",
        {"en": "shots of botulinum toxin for long-lasting migraine", "es": "inyecciones de toxina botulínica para la migraña crónica"},
        max_units_per_day=1,
        verify=f"{_UNITS}; both sides are part of one unit",
    ),
)

# Only one of these on one day: they count the same muscles (V1 of the validation rules).
ONE_OF_A_DAY: tuple[frozenset[str], ...] = (frozenset({"20552", "20553"}),)

# A named nerve that belongs to one code. Verify: read in billing articles. Nerves whose code is disputed (third occipital) are left out.
CODE_OF_SITE: Mapping[str, str] = {
    "greater occipital nerve": "64405",
    "greater occipital": "64405",
    "lesser occipital nerve": "64450",
    "lesser occipital": "64450",
    "supraorbital nerve": "64400",
    "supraorbital": "64400",
    "supratrochlear nerve": "64400",
    "supratrochlear": "64400",
    "infraorbital nerve": "64400",
    "infraorbital": "64400",
}
CODES_OF_NERVES = frozenset(CODE_OF_SITE.values())

# Diagnoses of the part of the body that a code treats, broadly: what lies outside is another problem altogether. Whether a diagnosis inside
# meets the policy is the policy's question. A code that is not here is not checked. Verify with a coder.
_HEAD_AND_NECK = (
    "G43*",
    "G44*",
    "G50*",
    "G51*",
    "G52*",
    "G54*",
    "G58*",
    "G89*",
    "B02*",
    "F07.81",
    "M26*",
    "M50*",
    "M53*",
    "M54*",
    "M79*",
    "R51*",
    "R52",
    "S0*",
    "S1*",
)
_MUSCLES_AND_JOINTS = ("M*", "G24*", "G43*", "G44*", "G89*", "R25*", "R51*", "R52", "S*")
DIAGNOSES_OF_CODE: Mapping[str, tuple[str, ...]] = {
    "20552": _MUSCLES_AND_JOINTS,
    "20553": _MUSCLES_AND_JOINTS,
    "20610": ("M*", "S*", "G89*", "D66", "D67", "E08*", "E10*", "E11*"),
    "64400": _HEAD_AND_NECK,
    "64405": _HEAD_AND_NECK,
    "64615": ("G43*", "G44*"),
}
