"""The texts of the stolen car on the N76."""

from simulator.story.tale import Text

TITLE = Text("Gestolen wagen op de N76", "Voiture volée sur la N76", "Stolen car on the N76")
TEXT = Text(
    "Vannacht werd in Genk een grijze Golf gestolen, nummerplaat {plate}. Twee minuten na de start van de demo "
    "rijdt hij over de N76 van Genk naar Bree, langs zeven camera's en in echte rijtijden. Vlak achter hem rijdt in "
    "Zwartberg een witte Peugeot waarvan de nummerplaat maar één cijfer verschilt: dat is een ander voertuig. Alles "
    "is verzonnen.",
    "Cette nuit, une Golf grise a été volée à Genk, plaque {plate}. Deux minutes après le début de la démo, elle "
    "roule sur la N76 de Genk à Bree, devant sept caméras et en temps de parcours réels. Juste derrière elle, à "
    "Zwartberg, roule une Peugeot blanche dont la plaque ne diffère que d'un chiffre : c'est un autre véhicule. "
    "Tout est inventé.",
    "Last night a grey Golf was stolen in Genk, plate {plate}. Two minutes after the start of the demo it drives "
    "along the N76 from Genk to Bree, past seven cameras and in real travel times. Close behind it at Zwartberg "
    "drives a white Peugeot whose plate differs in one digit only: that is another vehicle. Everything is invented.",
)
REASON = "Diefstal van een wagen te Genk, nummerplaat {plate}: rijrichting bepalen en ploegen bijsturen."

BEFORE = Text("Gisteren, voor de diefstal: {plate}", "Hier, avant le vol : {plate}",
              "Yesterday, before the theft: {plate}")
BEFORE_FOUND = Text("Eén passage in Genk-centrum: zo ziet de wagen eruit.",
                    "Un passage à Genk-centre : voilà la voiture.",
                    "One passage in the centre of Genk: this is what the car looks like.")
LIVE = Text("Sinds de start van de demo: {plate}", "Depuis le début de la démo : {plate}",
            "Since the start of the demo: {plate}")
LIVE_FOUND = Text(
    "Na twee minuten de eerste passage, na ongeveer {minutes} minuten alle {number}. Herlaad de bladzijde om hem te "
    "volgen.",
    "Le premier passage après deux minutes, les {number} après environ {minutes} minutes. Rechargez la page pour la "
    "suivre.",
    "The first passage after two minutes, all {number} after about {minutes} minutes. Reload the page to follow it.")
EITHER = Text("Eén cijfer onzeker: {plate}", "Un chiffre incertain : {plate}", "One digit uncertain: {plate}")
EITHER_FOUND = Text(
    "Op het einde {number} passages, waarvan één van de witte Peugeot. Kijk naar het beeld voor u een ploeg stuurt.",
    "À la fin {number} passages, dont un de la Peugeot blanche. Regardez l'image avant d'envoyer une équipe.",
    "In the end {number} passages, one of them of the white Peugeot. Look at the picture before you send a crew.")

MEASURE = "Onderscheppen; de bestuurder is mogelijk gewapend met inbraakgereedschap."
WATCHED_FOR = "Diefstal van een wagen te Genk in de voorbije nacht; het voertuig wordt gezocht."
BOARD = Text("Het bord: de hit", "Le tableau : le hit", "The board: the hit")
BOARD_FOUND = Text(
    "De Golf met ✓ en zijn spoor, camera na camera. De Peugeot die erop lijkt, staat als \"mogelijk\", met de kans; "
    "wie naar het beeld kijkt, ziet een ander voertuig.",
    "La Golf avec ✓ et sa trace, caméra après caméra. La Peugeot qui lui ressemble est « possible », avec la "
    "probabilité ; qui regarde l'image voit un autre véhicule.",
    "The Golf with ✓ and its trail, camera after camera. The Peugeot that looks like it is \"possible\", with how "
    "probable; whoever looks at the picture sees another vehicle.")
