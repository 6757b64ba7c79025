"""The texts of the read that a decision unlocks."""

from simulator.story.tale import Text

TITLE = Text("Ontsloten door de procureur", "Ouvert par le procureur", "Unlocked by the procureur")
TEXT = Text(
    "In een drugsdossier reed een grijze BMW, nummerplaat {plate}, op {old} langs Genk, {days} dagen geleden, en "
    "opnieuw op {new}. De procureur des Konings besliste schriftelijk dat de oudere passages van die wagen "
    "bekeken mogen worden. Els registreerde de beslissing, Tom vergeleek ze met het document. Sindsdien toont dit "
    "dossier beide passages; in elk ander dossier blijft de oudste gesloten. Alles is verzonnen.",
    "Dans un dossier de stupéfiants, une BMW grise, plaque {plate}, est passée à Genk le {old}, il y a {days} "
    "jours, et de nouveau le {new}. Le procureur du Roi a décidé par écrit que les passages plus anciens de cette "
    "voiture pouvaient être consultés. Els a enregistré la décision, Tom l'a comparée au document. Depuis, ce "
    "dossier montre les deux passages ; dans tout autre dossier, le plus ancien reste fermé. Tout est inventé.",
    "In a drugs case a grey BMW, plate {plate}, passed Genk on {old}, {days} days ago, and again on {new}. The "
    "procureur des Konings decided in writing that older passages of that car may be looked at. Els registered "
    "the decision, Tom compared it with the document. Since then this file shows both passages; in any other file "
    "the older one stays closed. Everything is invented.",
)
REASON = "Handel in verdovende middelen te Genk: ritten van de wagen met nummerplaat {plate} reconstrueren."
REASONS = ("Ernstige aanwijzingen van handel in verdovende middelen; de ritten van vorige maand zijn nodig om de "
           "leveringen te situeren. Verzonnen voorbeeld.")

ALL = Text("Alle passages van {plate}", "Tous les passages de {plate}", "All passages of {plate}")
ALL_FOUND = Text(
    "Beide passages: {new} binnen de maand, {old} dankzij de beslissing.",
    "Les deux passages : {new} dans le mois, {old} grâce à la décision.",
    "Both passages: {new} within the month, {old} thanks to the decision.")
DECISION = Text("De geregistreerde beslissing", "La décision enregistrée", "The registered decision")
DECISION_FOUND = Text(
    "Referentie, reikwijdte, vervaldag, en wie ze met het document vergeleek.",
    "Référence, portée, échéance, et qui l'a comparée au document.",
    "Reference, scope, expiry, and who compared it with the document.")
