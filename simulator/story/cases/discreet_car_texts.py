"""The texts of the car that is watched for discreetly."""

from simulator.story.tale import Text

MEASURE = "Niet onderscheppen: plaats, tijd en richting noteren en melden aan de dossierbeheerder."
REASON = ("Onderzoek naar invoer van verdovende middelen over de grens te Molenbeersel; de verdachte mag niet merken "
          "dat zijn voertuig gevolgd wordt.")

TITLE = Text("Discreet: wie het mag zien, en wie niet", "Discret : qui peut le voir, et qui ne le peut pas",
             "Discreet: who may see it, and who may not")
TEXT = Text(
    "Een zwarte Audi staat op een discrete lijst van het dossier LI-2211. Tweeënhalve minuut na de start rijdt hij "
    "bij Molenbeersel de grens over, richting Bree. Op het bord van Tom verschijnt een hit: hij is van de groep. Log "
    "in als Dirk, de dispatcher: geen hit, geen geluid, geen teller, en in de lijst staat niets. Alles is verzonnen.",
    "Une Audi noire figure sur une liste discrète du dossier LI-2211. Deux minutes et demie après le début, elle "
    "passe la frontière à Molenbeersel vers Bree. Sur le tableau de Tom apparaît un hit : il est du groupe. Connectez-"
    "vous comme Dirk, le dispatcheur : aucun hit, aucun son, aucun compteur, et la liste est vide. Tout est inventé.",
    "A black Audi is on a discreet list of file LI-2211. Two and a half minutes after the start it crosses the border "
    "at Molenbeersel towards Bree. On Tom's board a hit appears: he is of the group. Log in as Dirk, the dispatcher: "
    "no hit, no sound, no count, and nothing on the list. Everything is invented.",
)
BOARD = Text("Het bord", "Le tableau", "The board")
BOARD_FOUND = Text("Als Tom: de Audi, met de melding dat hij niet onderschept wordt. Als Dirk: niets.",
                   "Comme Tom : l'Audi, avec la mention qu'elle n'est pas interceptée. Comme Dirk : rien.",
                   "As Tom: the Audi, saying that it is not to be stopped. As Dirk: nothing.")
LISTS = Text("De lijsten", "Les listes", "The lists")
LISTS_FOUND = Text("Tom telt één signalering op de discrete lijst, Dirk geen.",
                   "Tom compte un signalement sur la liste discrète, Dirk aucun.",
                   "Tom counts one entry on the discreet list, Dirk none.")
