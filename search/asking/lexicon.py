"""The words for vehicles, countries and directions in Dutch, French and English, folded; data only."""

from collections.abc import Mapping


def _named(table: Mapping[str, str]) -> dict[str, str]:
    """Return the code of each word of a table that has several words a code."""
    return {word.replace("_", " "): code for code, names in table.items() for word in names.split()}


def _once(*texts: str) -> frozenset[str]:
    """Return the words of texts; an underscore stands for a blank within a phrase."""
    return frozenset(word.replace("_", " ") for text in texts for word in text.split())


COLOURS = _named({
    "grey": "grijs grijze grijzen donkergrijs donkergrijze lichtgrijs lichtgrijze antraciet antracietgrijs "
            "antracietgrijze gris grise grises anthracite grey gray",
    "black": "zwart zwarte zwarten noir noire noirs noires black",
    "white": "wit witte witten gebroken_wit blanc blanche blancs blanches white",
    "blue": "blauw blauwe blauwen donkerblauw donkerblauwe lichtblauw lichtblauwe bleu bleue bleus bleues blue navy",
    "silver": "zilver zilveren zilverkleurig zilverkleurige zilvergrijs zilvergrijze argent argente argentee argentes "
              "argentees silver",
    "red": "rood rode roden donkerrood donkerrode bordeaux rouge rouges red",
    "green": "groen groene groenen donkergroen donkergroene lichtgroen lichtgroene vert verte verts vertes green",
    "brown": "bruin bruine bruinen brun brune bruns brunes marron brown",
    "beige": "beige beiges",
    "orange": "oranje oranjen orange oranges",
    "yellow": "geel gele gelen jaune jaunes yellow",
})
ENGLISH_COLOURS = _once("grey gray black white blue silver red green brown beige orange yellow")
TYPES = _named({
    "car": "auto auto's autos wagen wagens personenwagen personenwagens personenauto personenauto's voiture voitures "
           "car "
           "cars berline stationwagen break saloon sedan",
    "van": "bestelwagen bestelwagens bestelauto bestelauto's bestelbus bestelbusje busje busjes camionnette "
           "camionnettes "
           "fourgonnette fourgonnettes fourgon fourgons utilitaire utilitaires vans minivan delivery_van",
    "truck": "vrachtwagen vrachtwagens vrachtauto vrachtauto's camion camions truck trucks lorry lorries poids_lourd "
             "poids_lourds oplegger opleggers trekker trekkers semi-remorque semi-remorques",
    "motorcycle": "motor motors moto moto's motos motorfiets motorfietsen motorfiets motocyclette motocyclettes "
                  "motorcycle motorcycles motorbike motorbikes bike bikes scooter scooters bromfiets",
    "bus": "bus bussen autobus autobussen autocar autocars car_de_voyage touringcar touringcars bus buses coach "
           "coaches",
})
VAN = "van"
"""A vehicle in English, a preposition in Dutch: understanding.py says when it is which."""

COUNTRIES = _named({
    "BE": "belgie belgische belgisch belg belgique belge belges belgium belgian",
    "NL": "nederland nederlandse nederlands nederlander hollandse pays-bas neerlandais neerlandaise neerlandaises "
          "hollandais hollandaise netherlands dutch",
    "DE": "duitsland duitse duits duitser allemagne allemand allemande allemands allemandes germany german",
    "FR": "frankrijk franse frans fransman france francais francaise francaises french",
    "LU": "luxemburg luxemburgse luxemburgs luxembourg luxembourgeois luxembourgeoise",
    "GB": "engeland engelse brits britse groot-brittannie angleterre anglais anglaise britannique britanniques england "
          "english british uk",
    "PL": "polen poolse pools pologne polonais polonaise polonaises poland polish",
    "RO": "roemenie roemeense roemeens roumanie roumain roumaine roumaines romania romanian",
    "BG": "bulgarije bulgaarse bulgaars bulgarie bulgare bulgares bulgaria bulgarian",
    "IT": "italie italiaanse italiaans italien italienne italiennes italy italian",
    "ES": "spanje spaanse spaans espagne espagnol espagnole espagnoles spain spanish",
    "PT": "portugal portugese portugees portugais portugaise portuguese",
    "CZ": "tsjechie tsjechische tsjechisch tchequie tcheque tcheques czechia czech",
    "SK": "slowakije slowaakse slowaaks slovaquie slovaque slovaques slovakia slovak",
    "HU": "hongarije hongaarse hongaars hongrie hongrois hongroise hungary hungarian",
    "LT": "litouwen litouwse litouws lituanie lituanien lituanienne lithuania lithuanian",
    "LV": "letland letse lettonie letton lettone latvia latvian",
    "UA": "oekraine oekraiense oekraiens ukraine ukrainien ukrainienne ukrainian",
    "AT": "oostenrijk oostenrijkse oostenrijks autriche autrichien autrichienne austria austrian",
    "CH": "zwitserland zwitserse zwitsers suisse suisses switzerland swiss",
    "TR": "turkije turkse turks turquie turc turque turkey turkish",
})
COUNTRY_CODES = frozenset(COUNTRIES.values())
PLATE_WORDS = _once("plaat platen nummerplaat nummerplaten plate plates plaque plaques immatriculation numberplate "
                    "licence_plate license_plate")

HEADINGS = _named({
    "n": "noord noorden noordwaarts nord north northbound northwards",
    "ne": "noordoost noord-oost noordoosten nord-est northeast north-east",
    "e": "oost oosten oostwaarts est l'est east eastbound eastwards",
    "se": "zuidoost zuid-oost zuidoosten sud-est southeast south-east",
    "s": "zuid zuiden zuidwaarts sud south southbound southwards",
    "sw": "zuidwest zuid-west zuidwesten sud-ouest southwest south-west",
    "w": "west westen westwaarts ouest l'ouest westbound westwards",
    "nw": "noordwest noord-west noordwesten nord-ouest northwest north-west",
})
TOWARDS = _once("richting richting_het in_de_richting_van direction en_direction_de en_direction_du en_direction_d' "
                "vers "
                "vers_le vers_la vers_l' naar naar_het towards toward heading heading_for driving to direction_of")
PHRASES: dict[str, tuple[str, object]] = {
    **dict.fromkeys(("naar de camera toe", "naar de camera", "op de camera af", "vers la camera",
                     "towards the camera"), ("direction", ("towards",))),
    **dict.fromkeys(("weg van de camera", "van de camera weg", "s'eloignant de la camera", "away from the camera"),
                    ("direction", ("away",))),
    **dict.fromkeys(("zonder plaat", "zonder nummerplaat", "niet gelezen", "geen plaat", "geen nummerplaat",
                     "sans plaque",
                     "plaque non lue", "non lue", "without plate", "without a plate", "no plate", "not read", "unread"),
                    ("read", False)),
    **dict.fromkeys(("eerste keer in de zone", "voor het eerst", "voor de eerste keer", "eerste keer",
                     "nieuw in de zone",
                     "premiere fois dans la zone", "pour la premiere fois", "premiere fois", "first time in the zone",
                     "for the first time", "first time", "new in the zone"), ("first", True)),
    **dict.fromkeys(("laat aangekomen", "te laat aangekomen", "arrive en retard", "arrivee tardive", "arrived late"),
                    ("late", True)),
}
"""Phrases that are one filter."""

ALIKE_BEFORE = _once("lijkt_op lijkend_op lijken_op lookalike_van lookalikes_van look-alikes_van lookalike lookalikes "
                     "look-alike look-alikes alike ressemble_a ressemblant_a semblable_a sosie_de sosies_de looks_like "
                     "look_like looking_like similar_to lookalikes_of look-alikes_of like zoals comme")
ALIKES = _once("lookalike lookalikes look-alike look-alikes sosie sosies")
"""Anywhere beside whole plates: with their look-alikes."""
PIECE_BEFORE = {
    **dict.fromkeys(("begint met", "beginnend met", "commence par", "commencant par", "starts with", "starting with",
                     "begins with", "beginning with"), "{}*"),
    **dict.fromkeys(("eindigt op", "eindigend op", "eindigt met", "se termine par", "finit par", "terminant par",
                     "ends with", "ends in", "ending with", "ending in"), "*{}"),
    **dict.fromkeys(("bevat", "met daarin", "contient", "contenant", "contains", "containing"), "*{}*"),
}
"""What a piece of a plate becomes behind these."""
NEGATORS = _once("niet geen zonder behalve uitgezonderd pas non sans sauf not no without except")
FILLERS = _once(
    "de het een en of in te op van aan met bij langs naar uit voor door om rond tussen dat die deze is was waren "
    "reed rijdt "
    "rijden gezien passage passages voertuig voertuigen alle alles donker donkere licht lichte camera camera's "
    "cameras site "
    "weg gemeente kleur type merk model land zone met_een - vanuit half halve stuk deel",
    "le la les l' un une des du de d' et ou a au aux en dans sur par avec pres chez qui que est vers vehicule "
    "vehicules "
    "fonce foncee clair claire route commune couleur marque pays tous toutes vu vue vus",
    "the an and or on at near with by from of into to for which that seen vehicle vehicles all dark light road any "
    "some "
    "municipality colour color make country half partial part piece",
    ) | PLATE_WORDS
"""Words that ask for nothing by themselves."""

MAKES = {
    "alfa romeo": "Alfa Romeo", "alfa": "Alfa Romeo", "audi": "Audi", "bmw": "BMW", "byd": "BYD",
    "chevrolet": "Chevrolet",
    "chrysler": "Chrysler", "citroen": "Citroën", "cupra": "Cupra", "dacia": "Dacia", "daf": "DAF", "ds": "DS",
    "ducati": "Ducati", "fiat": "Fiat", "ford": "Ford", "harley-davidson": "Harley-Davidson",
    "harley": "Harley-Davidson",
    "honda": "Honda", "hyundai": "Hyundai", "iveco": "Iveco", "jaguar": "Jaguar", "jeep": "Jeep",
    "kawasaki": "Kawasaki",
    "kia": "Kia", "ktm": "KTM", "lancia": "Lancia", "land rover": "Land Rover", "lexus": "Lexus", "man": "MAN",
    "mazda": "Mazda", "mercedes-benz": "Mercedes-Benz", "mercedes": "Mercedes-Benz", "mini": "Mini",
    "mitsubishi": "Mitsubishi", "nissan": "Nissan", "opel": "Opel", "peugeot": "Peugeot", "polestar": "Polestar",
    "porsche": "Porsche", "renault": "Renault", "rover": "Rover", "saab": "Saab", "scania": "Scania", "seat": "Seat",
    "skoda": "Škoda", "smart": "Smart", "subaru": "Subaru", "suzuki": "Suzuki", "tesla": "Tesla", "toyota": "Toyota",
    "van hool": "Van Hool", "vdl": "VDL", "volkswagen": "Volkswagen", "vw": "Volkswagen", "volvo": "Volvo",
    "yamaha": "Yamaha",
}
MODELS = {
    name.casefold(): name for name in (
        "Golf", "Polo", "Tiguan", "Passat", "Touran", "Transporter", "Caddy", "Crafter", "Clio", "Captur", "Megane",
        "Scenic", "Trafic", "Kangoo", "Master", "Berlingo", "Jumper", "Jumpy", "Corsa", "Astra", "Vivaro", "Movano",
        "Combo",
        "Fiesta", "Focus", "Kuga", "Mondeo", "Transit Custom", "Transit", "Yaris", "Corolla", "Octavia", "Fabia",
        "Superb",
        "Sandero", "Duster", "Tucson", "Sportage", "Picanto", "Leon", "Ibiza", "Qashqai", "Juke", "Ducato", "Panda",
        "Punto",
        "Cooper", "CX-5", "Model 3", "Model Y", "Swift", "Jazz", "Civic", "Discovery", "Macan", "Cayenne", "Partner",
        "Sprinter", "Vito", "Actros", "Citaro", "Crossway", "Citea", "3 Series", "1 Series", "A-Class", "C-Class",
        "Monster", "Sportster",
    )}
"""Models called like nothing else. One that is written like a piece of a plate needs its make before it."""
MODELS_BEHIND_MAKE = {
    name.casefold(): name for name in (
        "A1", "A3", "A4", "A5", "A6", "A8", "Q2", "Q3", "Q5", "Q7", "TT", "X1", "X3", "X5", "C1", "C3", "C4", "C5",
        "208",
        "308", "2008", "3008", "5008", "500", "XC40", "XC60", "XC90", "V40", "V60", "V90", "XF", "LF", "FH", "TGX",
        "MT-07",
        "Z900", "CB500", "i10", "i20", "i30", "T5", "T6", "A330", "S-Way", "R 1250 GS", "790 Duke", "Up", "Daily",
        "R", "T")}
IN_CAPITALS = frozenset({"man", "ds"})
"""Makes that are words otherwise."""
