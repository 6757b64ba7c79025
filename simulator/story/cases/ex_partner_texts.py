"""The texts of the officer who looked up an ex-partner."""

from simulator.story.tale import Text

TITLE = Text("Veertien keer dezelfde nummerplaat", "Quatorze fois la même plaque", "Fourteen times the same plate")
TEXT = Text(
    "Sinds {since} zocht een rechercheur {times} keer dezelfde nummerplaat op, {plate}, telkens onder een ander "
    "incidentnummer en meestal laat op de avond. Elke opzoeking leek op zichzelf gewoon. De wagen is van zijn "
    "ex-partner. Ilse ziet het zonder iemand te verdenken: de bladzijde zet bovenaan wat opvalt. Alles is verzonnen.",
    "Depuis le {since}, un enquêteur a recherché {times} fois la même plaque, {plate}, chaque fois sous un autre "
    "numéro d'incident et le plus souvent tard le soir. Chaque recherche semblait ordinaire. La voiture est celle de "
    "son ex-compagne. Ilse le voit sans soupçonner personne : la page place en haut ce qui sort de l'ordinaire. Tout "
    "est inventé.",
    "Since {since} a detective looked up the same plate, {plate}, {times} times, each time under another incident "
    "number and mostly late in the evening. Each look-up seemed ordinary by itself. The car is his ex-partner's. Ilse "
    "sees it without suspecting anybody: the page puts on top what stands out. Everything is invented.",
)
BEHAVIOUR = Text("Wat opvalt in de raadplegingen", "Ce qui sort de l'ordinaire", "What stands out")
BEHAVIOUR_FOUND = Text(
    "Bovenaan: {times} raadplegingen van één nummerplaat door dezelfde persoon.",
    "En haut : {times} consultations d'une même plaque par la même personne.",
    "On top: {times} consultations of one plate by the same person.")
ROWS = Text("De opzoekingen zelf", "Les recherches elles-mêmes", "The searches themselves")
ROWS_FOUND = Text(
    "{times} opzoekingen, elk met haar reden en haar incidentnummer.",
    "{times} recherches, chacune avec son motif et son numéro d'incident.",
    "{times} searches, each with its reason and its incident number.")

EXCUSES = (
    "Verdacht voertuig gezien door een bewoner, nagaan waar het reed.",
    "Bewoner meldt verdacht voertuig, ritten van deze week nagaan.",
    "Voertuig hing rond bij een school, nagaan of het terugkwam.",
    "Melding van rondhangende wagen, eerdere passages bekijken.",
)
WORK = (
    "Reeks inbraken in woningen te Houthalen, vluchtwagen volgens getuige.",
    "Diefstal van een bestelwagen met gereedschap, rit van die nacht.",
    "Slagen en verwondingen na een verkeersruzie, wagen van de verdachte.",
    "Koperdiefstal op een werf te Helchteren, voertuig van de camerabeelden.",
)
