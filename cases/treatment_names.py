"""Names of treatments as notes and nurses write them -> kind and common name. Pure data; others are asked about, not guessed.

Longer names are tried first, so "diclofenac gel" is a cream and "diclofenac" a medicine.
"""

from collections.abc import Mapping

_NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "nsaid": {
        "ibuprofen": ("advil", "motrin"),
        "naproxen": ("aleve", "naprosyn", "anaprox", "naproxen sodium"),
        "meloxicam": ("mobic",),
        "diclofenac": ("voltaren", "cataflam"),
        "celecoxib": ("celebrex",),
        "etodolac": ("lodine",),
        "ketorolac": ("toradol",),
        "indomethacin": ("indocin",),
        "nabumetone": ("relafen",),
        "piroxicam": ("feldene",),
        "oxaprozin": ("daypro",),
        "aspirin": (),
        "anti-inflammatory medicine": ("nsaid", "nsaids", "anti-inflammatory", "anti-inflammatories", "anti-inflammatory medication"),
    },
    "acetaminophen": {"acetaminophen": ("tylenol", "paracetamol", "apap")},
    "muscle_relaxant": {
        "methocarbamol": ("robaxin",),
        "cyclobenzaprine": ("flexeril", "amrix"),
        "tizanidine": ("zanaflex",),
        "baclofen": ("lioresal",),
        "carisoprodol": ("soma",),
        "metaxalone": ("skelaxin",),
        "orphenadrine": ("norflex",),
        "chlorzoxazone": ("parafon",),
        "muscle relaxant": ("muscle relaxants", "muscle relaxer", "muscle relaxers"),
    },
    "topical": {
        "diclofenac gel": ("voltaren gel", "topical diclofenac", "diclofenac cream", "diclofenac patch", "flector patch", "flector"),
        "lidocaine patch": ("lidoderm", "lidocaine patches", "topical lidocaine", "lidocaine cream", "lidocaine ointment"),
        "capsaicin": ("capsaicin cream",),
        "menthol cream": ("biofreeze", "icy hot", "bengay", "salonpas"),
    },
    "antidepressant": {
        "amitriptyline": ("elavil",),
        "nortriptyline": ("pamelor",),
        "duloxetine": ("cymbalta",),
        "venlafaxine": ("effexor",),
    },
    "anticonvulsant": {
        "gabapentin": ("neurontin",),
        "pregabalin": ("lyrica",),
        "topiramate": ("topamax",),
        "carbamazepine": ("tegretol",),
        "oxcarbazepine": ("trileptal",),
        "valproate": ("depakote", "divalproex"),
    },
    "opioid": {
        "tramadol": ("ultram",),
        "hydrocodone": ("norco", "vicodin", "hydrocodone/acetaminophen", "hydrocodone-acetaminophen"),
        "oxycodone": ("percocet", "oxycontin", "oxycodone/acetaminophen", "oxycodone-acetaminophen"),
        "codeine": ("tylenol with codeine", "tylenol #3"),
        "tapentadol": ("nucynta",),
    },
    "triptan": {"sumatriptan": ("imitrex",), "rizatriptan": ("maxalt",), "zolmitriptan": ("zomig",), "eletriptan": ("relpax",)},
    "physical_therapy": {"physical therapy": ("pt", "p.t.", "physiotherapy", "physical therapist")},
    "home_exercise": {
        "home exercise": ("hep", "home exercises", "home exercise program", "stretching", "stretches", "exercises", "exercise")
    },
    "massage": {"massage": ("massage therapy", "massages")},
    "heat_cold": {
        "heat or cold": ("heat", "ice", "cold", "heating pad", "hot packs", "hot pack", "cold packs", "cold pack", "ice packs", "ice pack"),
    },
    "chiropractic": {"chiropractic care": ("chiropractic", "chiro", "chiropractor", "spinal manipulation")},
    "rest": {"rest": ("bed rest",)},
    "other": {"acupuncture": (), "nerve stimulation": ("tens", "tens unit")},
}

# written name -> (kind, common name)
TREATMENTS: Mapping[str, tuple[str, str]] = {
    written: (kind, common) for kind, group in _NAMES.items() for common, others in group.items() for written in (common, *others)
}

# What may stand beside a name without being a treatment of its own.
PART_OF: Mapping[str, frozenset[str]] = {"physical_therapy": frozenset({"home_exercise"})}

# Earlier procedures: written name -> (codes it may have been, lay name)
PROCEDURES: Mapping[str, tuple[tuple[str, ...], str]] = {
    **dict.fromkeys(
        ("tpi", "tpis", "trigger point injection", "trigger point injections", "trigger point shots"),
        (("20552", "20553"), "trigger point injections"),
    ),
    **dict.fromkeys(
        (
            "onb",
            "gonb",
            "gon block",
            "occipital block",
            "occipital nerve block",
            "greater occipital block",
            "greater occipital nerve block",
        ),
        (("64405",), "greater occipital nerve block"),
    ),
    **dict.fromkeys(("lesser occipital block", "lesser occipital nerve block"), (("64450",), "lesser occipital nerve block")),
    **dict.fromkeys(
        ("supraorbital block", "supraorbital nerve block", "supratrochlear block", "supratrochlear nerve block"),
        (("64400",), "forehead nerve block"),
    ),
}

# Diagnoses that have one code.
DIAGNOSES: Mapping[str, str] = {
    "occipital neuralgia": "M54.81",
    "myofascial pain": "M79.18",
    "myofascial pain syndrome": "M79.18",
    "cervicalgia": "M54.2",
    "neck pain": "M54.2",
    "pain in thoracic spine": "M54.6",
    "trigeminal neuralgia": "G50.0",
}

# Muscles that an exam names; the sites of the line are tried before these.
MUSCLES: tuple[str, ...] = (
    "trapezius",
    "levator scapulae",
    "rhomboid",
    "masseter",
    "temporalis",
    "splenius capitis",
    "splenius cervicis",
    "semispinalis",
    "suboccipital",
    "sternocleidomastoid",
    "scalene",
    "supraspinatus",
    "infraspinatus",
    "subscapularis",
    "deltoid",
    "latissimus dorsi",
    "cervical paravertebral",
    "thoracic paravertebral",
    "lumbar paravertebral",
    "quadratus lumborum",
    "piriformis",
    "gluteus medius",
    "gluteus maximus",
)
