"""What the story's zone watches for: its lists, and the group that alone may see what is discreet."""

from simulator.story.tale import GroupMade, ListMade

STOLEN, MISSING, DISCREET, UNINSURED = "gestolen", "vermist", "discreet", "onverzekerd"
DISCREET_GROUP = "dossier-li-2211"
SECOND = "greet"
"""Who validates what the story's people enter; nobody logs in as her."""

SECOND_NAME = "Greet Hendrickx"

GROUPS = (GroupMade(DISCREET_GROUP, "Dossier LI-2211", ("tom", SECOND)),)

LISTS = (
    ListMade(STOLEN, "Gestolen voertuigen", "stolen-vehicle", "live"),
    ListMade(MISSING, "Vermiste personen", "missing-person", "live"),
    ListMade(DISCREET, "Discrete controles", "discreet-check", "live"),
    ListMade(UNINSURED, "Niet verzekerd", "uninsured", "action", confirmed_by="ilse",
             document="Advies DPO 2026/014, verzonnen voorbeeld"),
)
