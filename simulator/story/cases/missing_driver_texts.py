"""The texts of the elderly driver who is missing."""

from simulator.story.tale import Text

MEASURE = "Bestuurder opvangen, medische hulp verwittigen, familie contacteren."
REASON = "Onrustwekkende verdwijning van een man van 84 met dementie, vertrokken met de wagen te Peer."

TITLE = Text("De vermiste bestuurder", "Le conducteur disparu", "The missing driver")
TEXT = Text(
    "Een man van 84 met dementie is met zijn grijze Yaris {plate} vertrokken. Eén minuut na de start rijdt hij door "
    "Bree, richting Kinrooi en de grens. Elke camera voegt een regel toe aan dezelfde hit: waar hij was, en waar hij "
    "het volgende ogenblik kan zijn. Alles is verzonnen.",
    "Un homme de 84 ans atteint de démence est parti avec sa Yaris grise {plate}. Une minute après le début, il "
    "traverse Bree vers Kinrooi et la frontière. Chaque caméra ajoute une ligne au même hit : où il était, et où il "
    "peut être l'instant d'après. Tout est inventé.",
    "A man of 84 with dementia left in his grey Yaris {plate}. One minute after the start he drives through Bree "
    "towards Kinrooi and the border. Every camera adds a line to the same hit: where he was, and where he can be next. "
    "Everything is invented.",
)
BOARD = Text("Het bord", "Le tableau", "The board")
BOARD_FOUND = Text("Eén hit met zijn spoor; na {minutes} minuten vier camera's, en de kans op elke volgende.",
                   "Un seul hit avec sa trace ; après {minutes} minutes quatre caméras, et la chance des suivantes.",
                   "One hit with its trail; four cameras after {minutes} minutes, and the chance of each next one.")
