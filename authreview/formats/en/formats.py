"""How the administration writes days: as every other page does. Django reads this by its name."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
