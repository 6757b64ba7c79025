"""The texts of the reads older than a month and older than a year."""

from simulator.story.tale import Text

TITLE = Text("Ouder dan een maand", "Plus d'un mois", "Older than a month")
TEXT = Text(
    "In een onderzoek naar woninginbraken reed een zwarte Audi, nummerplaat {plate}, drie keer langs dezelfde "
    "camera in Genk: op {shown}, op {withheld} en op {gone}. De eerste passage wordt getoond. De tweede is ouder "
    "dan een maand en vraagt een schriftelijke beslissing van de procureur des Konings. De derde bestaat niet meer: "
    "na twaalf maanden wordt alles gewist. Alles is verzonnen.",
    "Dans une enquête sur des cambriolages, une Audi noire, plaque {plate}, est passée trois fois devant la même "
    "caméra à Genk : le {shown}, le {withheld} et le {gone}. Le premier passage est montré. Le deuxième a plus d'un "
    "mois et exige une décision écrite du procureur du Roi. Le troisième n'existe plus : après douze mois, tout est "
    "effacé. Tout est inventé.",
    "In an inquiry into burglaries a black Audi, plate {plate}, passed the same camera in Genk three times: on "
    "{shown}, on {withheld} and on {gone}. The first passage is shown. The second is older than a month and needs a "
    "written decision of the public prosecutor. The third no longer exists: after twelve months everything is "
    "erased. Everything is invented.",
)
REASON = "Woninginbraken te Genk: vroegere passages nagaan van nummerplaat {plate}."

ALL = Text("Het hele voorbije jaar: {plate}", "Toute l'année écoulée : {plate}", "The whole past year: {plate}")
ALL_FOUND = Text(
    "Eén passage, van {shown}. De bladzijde zegt dat oudere passages worden achtergehouden.",
    "Un passage, du {shown}. La page indique que les passages plus anciens sont retenus.",
    "One passage, of {shown}. The page says that older passages are withheld.")
OLD = Text("Alleen wat ouder is dan een maand: {plate}", "Seulement ce qui a plus d'un mois : {plate}",
           "Only what is older than a month: {plate}")
OLD_FOUND = Text(
    "Niets zonder beslissing van de procureur, ook al ligt de passage van {withheld} nog in de databank. Die van "
    "{gone} werd bij het inladen geweigerd.",
    "Rien sans décision du procureur, même si le passage du {withheld} se trouve encore dans la base de données. "
    "Celui du {gone} a été refusé au chargement.",
    "Nothing without a decision of the prosecutor, although the passage of {withheld} still lies in the database. "
    "That of {gone} was refused at loading.")
