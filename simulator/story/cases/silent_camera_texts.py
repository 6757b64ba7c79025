"""The texts of the silent camera."""

from simulator.story.tale import Text

TITLE = Text("De camera zweeg", "La caméra s'est tue", "The camera was silent")
TEXT = Text(
    "Op {day} reed een wagen met nummerplaat {plate} van Helchteren naar Kinrooi; de bestuurder had een rijverbod. "
    "Hij kwam rond 14:15 langs Wijshagen, maar die camera zweeg van 14:02 tot 14:31. Geen passage betekent hier dus "
    "niet dat er niemand reed. Alles is verzonnen.",
    "Le {day}, une voiture immatriculée {plate} a roulé de Helchteren à Kinrooi ; son conducteur était déchu du "
    "droit de conduire. Elle est passée à Wijshagen vers 14:15, mais cette caméra s'est tue de 14:02 à 14:31. "
    "L'absence de passage ne signifie donc pas que personne n'est passé. Tout est inventé.",
    "On {day} a car with plate {plate} drove from Helchteren to Kinrooi; its driver was banned from driving. It "
    "came by Wijshagen at about 14:15, but that camera was silent from 14:02 to 14:31. So no passage does not mean "
    "here that nobody drove. Everything is invented.",
)
REASON = "Sturen ondanks verval van het recht tot sturen op {day}, nummerplaat {plate}: rit nagaan."

JOURNEY = Text("De rit van {plate}", "Le trajet de {plate}", "The journey of {plate}")
JOURNEY_FOUND = Text(
    "{number} passages van Helchteren tot Kinrooi; tussen Meeuwen en Bree ontbreekt de camera in Wijshagen.",
    "{number} passages de Helchteren à Kinrooi ; entre Meeuwen et Bree, il manque la caméra de Wijshagen.",
    "{number} passages from Helchteren to Kinrooi; between Meeuwen and Bree the camera at Wijshagen is missing.")
SILENCE = Text("Alles in Wijshagen van 14:02 tot 14:31", "Tout à Wijshagen de 14:02 à 14:31",
               "Everything at Wijshagen from 14:02 to 14:31")
SILENCE_FOUND = Text("Geen enkele passage van geen enkel voertuig: de camera zweeg.",
                     "Aucun passage d'aucun véhicule : la caméra s'est tue.",
                     "No passage of any vehicle: the camera was silent.")
