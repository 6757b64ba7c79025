"""The texts of the guided five minutes, a title and what to look for a stop."""

from simulator.story.tale import Text

BOARD = (
    Text(
        "Een hit, binnen de seconde",
        "Un hit, en moins d'une seconde",
        "A hit, within a second",
    ),
    Text(
        "Dirk zit in de meldkamer. Twee minuten na de start van de demo rijdt een gestolen wagen over de N76. "
        "Neem de hit op met één toets, bevestig ze op het beeld, en zie welke camera's hij nu kan bereiken.",
        "Dirk est au dispatching. Deux minutes après le début de la démo, une voiture volée emprunte la N76. "
        "Prenez le hit en charge d'une touche, confirmez-le sur l'image, et voyez quelles caméras elle peut "
        "atteindre.",
        "Dirk sits in the control room. Two minutes after the start of the demo a stolen car drives along the "
        "N76. Take the hit with one key, confirm it on the image, and see which cameras it can reach next.",
    ),
)

HALF_A_PLATE = (
    Text(
        "Een halve nummerplaat",
        "Une demi-plaque",
        "Half a plate",
    ),
    Text(
        "Els zoekt een vluchtmisdrijf te Bree. De getuige was zeker van enkele tekens; een ? staat voor wat hij "
        "niet zag. Let op de reden bovenaan, de histogram van de uren, en wat het antwoord niet dekt.",
        "Els cherche un délit de fuite à Bree. Le témoin était sûr de quelques caractères ; un ? remplace ce "
        "qu'il n'a pas vu. Regardez la raison en haut, l'histogramme des heures, et ce que la réponse ne couvre "
        "pas.",
        "Els looks for a hit-and-run at Bree. The witness was sure of some characters; a ? stands for what he did "
        "not see. Note the reason at the top, the histogram of the hours, and what the answer does not cover.",
    ),
)

JOURNEY = (
    Text(
        "Een rit langs een camera die zweeg",
        "Un trajet devant une caméra muette",
        "A journey past a camera that was silent",
    ),
    Text(
        "Sara speelt de rit af langs de weg. Eén camera onderweg las niets: ze zweeg een half uur. De lege ring op "
        "de kaart zegt dat ze er staat, en dat geen passage niets bewijst.",
        "Sara rejoue le trajet le long de la route. Une caméra en chemin n'a rien lu : elle s'est tue une "
        "demi-heure. Le cercle vide sur la carte dit qu'elle est là, et qu'une absence de passage ne prouve rien.",
        "Sara plays the journey along the road. One camera on the way read nothing: it was silent for half an hour. "
        "The empty ring on the map says that it stands there, and that no passage proves nothing.",
    ),
)

DISCREET = (
    Text(
        "Wie het mag zien, en wie niet",
        "Qui peut le voir, et qui non",
        "Who may see it, and who may not",
    ),
    Text(
        "Tom volgt discreet een wagen. Zijn groep ziet de hit; op het bord van Dirk, in tellingen en in uitvoer "
        "staat er niets.",
        "Tom suit discrètement une voiture. Son groupe voit le hit ; sur le tableau de Dirk, dans les comptes et "
        "dans les exports il n'y a rien.",
        "Tom watches a car discreetly. His group sees the hit; on Dirk's board, in counts and in exports there is "
        "nothing.",
    ),
)

ACTION = (
    Text(
        "Te veel voertuigen voor twee ploegen",
        "Trop de véhicules pour deux équipes",
        "Too many vehicles for two crews",
    ),
    Text(
        "Sara leidt een ANPR-actie op de N715. Het bord voor langs de weg toont zoveel voertuigen als er ploegen "
        "vrij zijn, met de minuten tot ze er zijn.",
        "Sara dirige une action ANPR sur la N715. Le tableau de bord de route montre autant de véhicules qu'il y "
        "a d'équipes libres, avec les minutes qui restent.",
        "Sara runs an ANPR operation on the N715. The roadside board shows as many vehicles as there are free "
        "crews, with the minutes until they arrive.",
    ),
)

AUDIT = (
    Text(
        "Wie keek naar wie",
        "Qui a regardé qui",
        "Who looked at whom",
    ),
    Text(
        "Ilse is de functionaris voor gegevensbescherming. Iemand zocht veertien keer dezelfde nummerplaat op: "
        "het staat bovenaan. Ook alles wat u net deed, staat in de audit.",
        "Ilse est la déléguée à la protection des données. Quelqu'un a cherché quatorze fois la même plaque : "
        "c'est en tête. Tout ce que vous venez de faire est aussi dans l'audit.",
        "Ilse is the data protection officer. Somebody looked up one plate fourteen times: it stands on top. All "
        "that you just did is in the audit too.",
    ),
)
