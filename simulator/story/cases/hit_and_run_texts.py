"""The texts of the hit and run at Bree."""

from simulator.story.tale import Text

TITLE = Text("Vluchtmisdrijf in Bree", "Délit de fuite à Bree", "Hit and run in Bree")
TEXT = Text(
    "Op {day} om {time} rijdt een rode bestelwagen in Bree een fietser aan en vlucht. Een getuige onthield de "
    "nummerplaat {told}, maar verwisselde twee letters. De bestelwagen reed over de N73 en de N76: één camera las "
    "een teken verkeerd, één camera zag niets. <light> Drie minuten na de start van de demo rijdt de bestelwagen "
    "opnieuw. Alles is verzonnen.",
    "Le {day} à {time}, une camionnette rouge renverse un cycliste à Bree et prend la fuite. Un témoin a retenu la "
    "plaque {told}, mais a inversé deux lettres. La camionnette a emprunté la N73 et la N76 : une caméra a mal lu "
    "un caractère, une autre n'a rien vu. <light> Trois minutes après le début de la démo, la camionnette roule à "
    "nouveau. Tout est inventé.",
    "On {day} at {time} a red van hits a cyclist in Bree and flees. A witness remembered the plate {told}, but "
    "swapped two letters. The van drove along the N73 and the N76: one camera misread a character, one camera saw "
    "nothing. <light> Three minutes after the start of the demo the van drives again. Everything is invented.",
)
BY_NIGHT = Text("Het was donker: de beelden zijn infrarood, dus zonder kleur.",
                "Il faisait noir : les images sont infrarouges, donc sans couleur.",
                "It was dark: the pictures are infrared, so without colour.")
BY_DAY = Text("Het was nog licht, dus de beelden tonen kleur.", "Il faisait encore jour : les images sont en couleur.",
              "It was still light, so the pictures show colour.")
REASON = ("Vluchtmisdrijf met gewonde fietser te Bree op {day} omstreeks {time}: bestuurder van een rode bestelwagen "
          "identificeren, nummerplaat volgens getuige {told}, letters onzeker.")

TOLD = Text("De nummerplaat van de getuige: {plate}", "La plaque donnée par le témoin : {plate}",
            "The witness's plate: {plate}")
TOLD_FOUND = Text("Geen enkele passage: zo'n nummerplaat reed er die avond niet.",
                  "Aucun passage : cette plaque n'a pas circulé ce soir-là.",
                  "No passage at all: no such plate drove there that evening.")
LETTERS = Text("Twee letters onzeker: {plate}", "Deux lettres incertaines : {plate}", "Two letters uncertain: {plate}")
LETTERS_FOUND = Text(
    "{number} passages van de bestelwagen, van Kinrooi over Bree naar Genk, en één onschuldige blauwe Polo. De "
    "verkeerd gelezen passage staat er niet bij.",
    "{number} passages de la camionnette, de Kinrooi à Genk via Bree, et une Polo bleue innocente. Le passage mal "
    "lu n'y figure pas.",
    "{number} passages of the van, from Kinrooi through Bree to Genk, and one innocent blue Polo. The misread "
    "passage is not among them.")
DIGIT = Text("Ook één cijfer onzeker, vanaf 14 uur: {plate}", "Un chiffre incertain aussi, dès 14 h : {plate}",
             "One digit uncertain as well, from 14:00: {plate}")
DIGIT_FOUND = Text(
    "De {number} passages van die avond, de verkeerd gelezen passage in Meeuwen, en {day_reads} passages van 's "
    "middags: daarop is de bestelwagen rood. Aan de grens van Bree, tussen Bree en Meeuwen, las de camera niets.",
    "Les {number} passages du soir, le passage mal lu à Meeuwen et {day_reads} passages de l'après-midi : on y voit "
    "une camionnette rouge. À la limite de Bree, entre Bree et Meeuwen, la caméra n'a rien lu.",
    "The {number} passages of that evening, the misread passage at Meeuwen, and {day_reads} passages of the "
    "afternoon, which show a red van. At the edge of Bree, between Bree and Meeuwen, the camera read nothing.")
