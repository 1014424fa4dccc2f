"""The invented requests besides the founding ones, one row each. `ago`: days before today on which it was received."""

from .requests import Plot

PLOTS: tuple[Plot, ...] = (
    # as received, nobody has them
    Plot("points", "base", "new", 1, "08:40"),
    Plot("points", "lakeside", "new", 1, "10:05", lacks="onset", channel="portal"),
    Plot("points", "senior", "new", 2, "13:30"),
    Plot("points", "community", "new", 2, "09:15", state="MI"),
    Plot("occipital", "ahh", "new", 3, "15:45", channel="phone"),
    Plot("occipital", "community", "new", 1, "11:20", lacks="severe"),
    Plot("both", "maplewood", "new", 2, "14:10", lacks="care", state="IN"),
    Plot("points", "senior", "new", 1, "16:05", urgency="expedited", channel="phone"),
    Plot("joint", "lakeside", "new", 3, "10:40"),
    Plot("botulinum", "senior", "new", 4, "09:30"),
    # taken, and begun
    Plot("points", "base", "taken", 3, "09:50", lacks="care"),
    Plot("points", "maplewood", "taken", 4, "08:55", nurse="nurse2", state="PA"),
    Plot("points", "community", "begun", 4, "13:05"),
    Plot("occipital", "senior", "begun", 3, "14:50", nurse="nurse2"),
    Plot("both", "base", "begun", 5, "11:35", lacks="onset"),
    # reviewed, and a nurse may approve
    Plot("points", "base", "ready", 4, "10:25"),
    Plot("points", "lakeside", "ready", 5, "15:20", nurse="nurse2"),
    Plot("occipital", "ahh", "ready", 4, "09:05"),
    Plot("points", "senior", "ready", 3, "12:15"),
    Plot("occipital", "community", "ready", 5, "16:25", nurse="nurse2"),
)
