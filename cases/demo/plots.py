"""The invented requests besides the founding ones, one row each. `ago`: days before today on which it was received."""

from .plot import Plot

PLOTS: tuple[Plot, ...] = (
    # being typed, and what intake ended by itself
    Plot("points", "base", "draft", 1, "16:10"),
    Plot("occipital", "senior", "draft", 1, "16:40", urgency="expedited", channel="phone"),
    Plot("points", "base", "duplicate", 2, "11:05"),
    Plot("joint", "maplewood", "no_review", 6, "10:30"),
    # as received, nobody has them
    Plot("points", "base", "new", 1, "08:40"),
    Plot("points", "lakeside", "new", 1, "10:05", lacks="onset", channel="portal"),
    Plot("points", "senior", "new", 2, "13:30"),
    Plot("points", "community", "new", 2, "09:15", state="MI"),
    Plot("occipital", "ahh", "new", 3, "15:45", channel="phone"),
    Plot("occipital", "community", "new", 1, "11:20", lacks="severe", entered_later=45),
    Plot("both", "maplewood", "new", 2, "14:10", lacks="care", state="IN"),
    Plot("points", "senior", "new", 1, "16:05", urgency="expedited", channel="phone"),
    Plot("joint", "lakeside", "new", 3, "10:40"),
    Plot("botulinum", "senior", "new", 4, "09:30"),
    Plot("points", "maplewood", "new", 1, "15:15", urgency="expedited", channel="phone", state="IN", lacks="care"),
    # due today, and overdue by hours
    Plot("points", "senior", "new", 7, "23:20", channel="portal", any_day=True),
    Plot("points", "community", "taken", 7, "22:40", channel="portal", any_day=True, nurse="nurse2"),
    Plot("occipital", "community", "ready", 7, "01:10", channel="portal", any_day=True),
    Plot("points", "senior", "begun", 7, "02:30", channel="portal", any_day=True, lacks="care"),
    Plot("points", "lakeside", "new", 15, "03:05", channel="portal", any_day=True, state="PA"),
    Plot("occipital", "senior", "new", 3, "01:45", urgency="expedited", channel="portal", any_day=True),
    # taken, and begun
    Plot("points", "base", "taken", 3, "09:50", lacks="care"),
    Plot("points", "maplewood", "taken", 4, "08:55", nurse="nurse2", state="PA"),
    Plot("points", "community", "begun", 4, "13:05"),
    Plot("points", "ahh", "begun", 3, "14:50", nurse="nurse2", large_print=True),
    Plot("both", "base", "begun", 5, "11:35", lacks="onset"),
    # reviewed, and a nurse may approve
    Plot("points", "base", "ready", 4, "10:25"),
    Plot("points", "lakeside", "ready", 5, "15:20", nurse="nurse2", lacks="later set"),
    Plot("occipital", "ahh", "ready", 4, "09:05"),
    Plot("points", "senior", "ready", 3, "12:15"),
    Plot("occipital", "community", "ready", 5, "16:25", nurse="nurse2"),
    # waiting for the practice
    Plot("points", "base", "asked", 6, "09:00", lacks="onset and care"),
    Plot("points", "lakeside", "asked", 8, "13:45", lacks="exam", nurse="nurse2"),
    Plot("points", "maplewood", "asked", 7, "10:50", lacks="units"),
    Plot("points", "senior", "asked", 4, "09:35", lacks="care"),
    Plot("points", "community", "asked", 3, "14:20", lacks="care", language="es"),
    Plot("occipital", "community", "asked", 4, "11:00", lacks="touch", nurse="nurse2"),
    Plot("occipital", "ahh", "asked", 9, "15:05", lacks="diagnosis", language="es"),
    Plot("both", "base", "asked", 10, "10:15", lacks="onset and care"),
    # the answers have come: to be worked in, or worked in
    Plot("points", "base", "answered", 9, "09:25", lacks="onset"),
    Plot("points", "maplewood", "answered", 10, "14:00", lacks="care", nurse="nurse2", state="MI"),
    Plot("occipital", "community", "answered", 5, "08:50", lacks="touch"),
    Plot("points", "lakeside", "worked", 11, "11:40", lacks="onset and care"),
    Plot("occipital", "ahh", "worked", 10, "13:20", lacks="diagnosis", nurse="nurse2"),
    # with a director: free, taken, talking, sent back
    Plot("occipital", "base", "referred", 5, "10:00"),
    Plot("occipital", "maplewood", "referred", 6, "09:40", state="MI", nurse="nurse2", member_id="MTE-000301"),
    Plot("face", "community", "referred", 4, "15:35"),
    Plot("botulinum", "lakeside", "referred", 6, "13:10", nurse="nurse2"),
    Plot("face", "base", "directed", 7, "11:15"),
    Plot("joint", "senior", "directed", 5, "08:45", nurse="nurse2"),
    Plot("points", "base", "talking", 8, "10:35", lacks="short"),
    Plot("occipital", "lakeside", "talking", 9, "09:55", nurse="nurse2"),
    Plot("joint", "community", "returned", 5, "14:25"),
    # decided, to notify
    Plot("points", "maplewood", "approved", 6, "09:45"),
    Plot("occipital", "ahh", "approved", 7, "13:55", language="es", nurse="nurse2"),
    Plot("botulinum", "base", "approved_by_director", 8, "10:20"),
    Plot("occipital", "base", "denied", 9, "11:50", language="es"),
    Plot("joint", "maplewood", "in_part", 8, "15:25", lacks="units", nurse="nurse2"),
    Plot("points", "senior", "unanswered", 9, "10:10", lacks="care"),
    # letters issued, to be sent
    Plot("points", "lakeside", "approved_issued", 8, "10:50", nurse="nurse2"),
    Plot("occipital", "lakeside", "denied_issued", 10, "14:35", language="es"),
    Plot("joint", "community", "approved_by_director_issued", 7, "09:55"),
    # told, and closed
    Plot("points", "base", "approved_told", 16, "09:30", large_print=True),
    Plot("points", "senior", "approved_told", 12, "10:45", nurse="nurse2"),
    Plot("occipital", "community", "approved_told", 13, "14:15", language="es"),
    Plot("face", "community", "approved_by_director_told", 14, "09:10", nurse="nurse2"),
    Plot("occipital", "lakeside", "denied_told", 18, "13:00"),
    Plot("points", "maplewood", "denied_told", 20, "10:55", lacks="short", nurse="nurse2"),
    Plot("joint", "senior", "in_part_told", 15, "11:25", lacks="units"),
    Plot("points", "base", "unanswered_told", 58, "09:15", lacks="onset and care"),
    # ended otherwise
    Plot("points", "lakeside", "withdrawn", 9, "12:05"),
    Plot("occipital", "maplewood", "void", 7, "16:15", nurse="nurse2"),
)
