"""The texts of the ANPR-actie on the N715."""

from simulator.story.tale import Text

NAME = "Verzekering N715"
PLACE = "Parking Houthalen-Noord, N715"
MEASURE = "Voertuig stoppen, verzekering nakijken, PV opmaken."
REASON = "Voertuig zonder geldige verzekering volgens de bevoegde databank; controle langs de weg."

TITLE = Text("Een actie met te veel voertuigen", "Une action avec trop de véhicules", "An operation with too many cars")
TEXT = Text(
    "Op de N715 te Houthalen staan twee teams. Vanaf anderhalve minuut na de start komen er in vijf minuten {number} "
    "onverzekerde wagens op hen af: meer dan ze kunnen stoppen. Het bord toont er niet meer dan er teams vrij zijn, de "
    "dringendste en de eerste die er aankomt; wat voorbij is, verdwijnt. Alles is verzonnen.",
    "Sur la N715 à Houthalen se trouvent deux équipes. À partir d'une minute et demie après le début, {number} "
    "voitures non assurées viennent vers elles en cinq minutes : plus qu'elles ne peuvent arrêter. Le tableau n'en "
    "montre pas plus qu'il n'y a d'équipes libres, la plus urgente et la première arrivée ; ce qui est passé "
    "disparaît. Tout est inventé.",
    "On the N715 at Houthalen stand two teams. From a minute and a half after the start {number} uninsured cars come "
    "towards them in five minutes: more than they can stop. The board shows no more than there are free teams, the "
    "most urgent and the first to arrive; what has passed disappears. Everything is invented.",
)
ACTIONS = Text("De actie en haar bord", "L'action et son tableau", "The operation and its board")
ACTIONS_FOUND = Text(
    "Neem een wagen voor een team, meld de afloop, en de volgende verschijnt; het verslag telt alle {number}.",
    "Prenez une voiture pour une équipe, notez le résultat, et la suivante apparaît ; le rapport compte les {number}.",
    "Take a car for a team, say what came of it, and the next one appears; the report counts all {number}.")
