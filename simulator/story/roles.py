"""The people of the demo, one for each role; every name is invented."""

from simulator.story.tale import Role, Text

ROLES: tuple[Role, ...] = (
    Role("els", "Els Claes", "investigator", Text("Rechercheur", "Enquêtrice", "Investigator"), Text(
        "Els werkt bij de lokale recherche. Ze zoekt passages op voor lopende gerechtelijke dossiers, altijd met "
        "een PV-nummer en een reden.",
        "Els travaille à la recherche locale. Elle recherche des passages pour des dossiers judiciaires en cours, "
        "toujours avec un numéro de PV et un motif.",
        "Els works in the local detective branch. She looks up passages for running judicial cases, always with a "
        "case number and a reason.")),
    Role("tom", "Tom Peeters", "tecint", Text("TECINT-officier", "Officier TECINT", "TECINT officer"), Text(
        "Tom werkt met technische inlichtingen. Hij waakt over de gezochte voertuigen en weet wanneer een beslissing "
        "van de procureur nodig is.",
        "Tom travaille avec les renseignements techniques. Il veille aux véhicules recherchés et sait quand une "
        "décision du procureur est nécessaire.",
        "Tom works with technical intelligence. He keeps watch for wanted vehicles and knows when a decision of the "
        "public prosecutor is needed.")),
    Role("dirk", "Dirk Maes", "dispatcher", Text("Dispatcher", "Dispatcheur", "Dispatcher"), Text(
        "Dirk zit in de meldkamer van de zone. Hij volgt live waar een gezocht voertuig rijdt en stuurt ploegen bij.",
        "Dirk est au dispatching de la zone. Il suit en direct où roule un véhicule recherché et dirige les équipes.",
        "Dirk sits in the zone's control room. He follows live where a wanted vehicle drives, and directs the "
        "crews.")),
    Role("sara", "Sara Willems", "traffic", Text("Verkeerspolitie", "Police de la circulation", "Traffic police"), Text(
        "Sara behandelt verkeersinbreuken. Ze kijkt na of een passage echt vaststaat, en ook waar een camera niets "
        "zag.",
        "Sara traite les infractions de roulage. Elle vérifie qu'un passage est bien établi, et aussi où une caméra "
        "n'a rien vu.",
        "Sara handles traffic offences. She checks whether a passage is really certain, and also where a camera "
        "saw nothing.")),
    Role("koen", "Koen Janssen", "camera-manager", Text("Camerabeheerder", "Gestionnaire de caméras", "Camera manager"),
         Text(
        "Koen beheert de camera's en hun registratie. Hij ziet welke camera zwijgt of slecht leest, maar hij zoekt "
        "geen nummerplaten op.",
        "Koen gère les caméras et leur registre. Il voit quelle caméra se tait ou lit mal, mais il ne recherche pas "
        "de plaques.",
        "Koen manages the cameras and their register. He sees which camera is silent or reads badly, but he looks "
        "up no plates.")),
    Role("ilse", "Ilse Vandenberghe", "dpo", Text("Functionaris voor gegevensbescherming",
                                                   "Déléguée à la protection des "
                                                   "données", "Data protection officer"), Text(
        "Ilse waakt over de bewaartermijnen en de rechten van burgers. Ze leest mee in de logboeken en kan elke "
        "raadpleging laten verantwoorden.",
        "Ilse veille aux délais de conservation et aux droits des citoyens. Elle lit les journaux et peut faire "
        "justifier chaque consultation.",
        "Ilse watches over retention periods and citizens' rights. She reads the logs and can have every "
        "consultation accounted for.")),
    Role("marc", "Marc Hermans", "auditor", Text("Auditor", "Auditeur", "Auditor"), Text(
        "Marc controleert achteraf wie wat heeft opgezocht en waarom. Hij ziet de vragen, niet de passages.",
        "Marc contrôle après coup qui a recherché quoi et pourquoi. Il voit les questions, pas les passages.",
        "Marc checks afterwards who looked up what and why. He sees the questions, not the passages.")),
    Role("wim", "Wim Smeets", "technical-administrator", Text("Technisch beheerder", "Administrateur technique",
                                                                "Technical administrator"), Text(
        "Wim houdt de servers, de databank en de verbindingen draaiend. Hij heeft geen toegang tot nummerplaten of "
        "beelden.",
        "Wim fait tourner les serveurs, la base de données et les connexions. Il n'a accès ni aux plaques ni aux "
        "images.",
        "Wim keeps servers, database and connections running. He has no access to plates or pictures.")),
    Role("nadia", "Nadia El Amrani", "integrator", Text("Integrator", "Intégratrice", "Integrator"), Text(
        "Nadia sluit gateways en andere toepassingen aan via de API. Ze werkt met tokens die niet meer mogen dan "
        "nodig.",
        "Nadia raccorde des passerelles et d'autres applications par l'API. Elle travaille avec des jetons qui ne "
        "permettent que le nécessaire.",
        "Nadia connects gateways and other applications through the API. She works with tokens that allow no more "
        "than needed.")),
)
