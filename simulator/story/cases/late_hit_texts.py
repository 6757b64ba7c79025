"""The texts of the hit that comes three hours late."""

from simulator.story.tale import Text

MEASURE = "Onderscheppen en in beslag nemen."
REASON = "Diefstal van een bestelwagen met werktuigen op een werf te Bocholt; het voertuig wordt gezocht."

TITLE = Text("Drie uur te laat", "Trois heures trop tard", "Three hours late")
TEXT = Text(
    "De lijn van de gateway van Bocholt lag stil. Om {time} reed de gestolen bestelwagen {plate} er de grens over; de "
    "gateway bewaarde de passage en meldt ze pas drieënhalve minuut na de start van de demo. Het bord toont de hit als "
    "\"3 u te laat\", zonder geluid: niemand stuurt een ploeg naar een plaats waar het voertuig lang weg is. Alles is "
    "verzonnen.",
    "La ligne de la passerelle de Bocholt était coupée. À {time} la camionnette volée {plate} y a passé la frontière ; "
    "la passerelle a gardé le passage et ne l'annonce que trois minutes et demie après le début de la démo. Le tableau "
    "montre le hit comme « 3 h trop tard », sans bruit : personne n'envoie une équipe là où le véhicule n'est plus "
    "depuis longtemps. Tout est inventé.",
    "The line of Bocholt's gateway was down. At {time} the stolen van {plate} crossed the border there; the gateway "
    "kept the passage and tells of it three and a half minutes after the start of the demo. The board shows the hit as "
    "\"3 h late\", without a sound: nobody sends a crew to where the vehicle has long left. Everything is invented.",
)
BOARD = Text("Het bord", "Le tableau", "The board")
BOARD_FOUND = Text("De bestelwagen van {time}, apart en stil.", "La camionnette de {time}, à part et sans bruit.",
                   "The van of {time}, apart and quiet.")
