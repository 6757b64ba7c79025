"""What acts, weaknesses of passwords and proofs are called on the pages."""

from search.pages.language import words
from services.passwords import Weakness
from services.roles import Act
from services.sessions import Proof

ACTS = {
    Act.consult: words("Open consultations"),
    Act.ask_reads: words("Search passages, journeys and pictures"),
    Act.confirm_readings: words("Say what a picture shows"),
    Act.register_decisions: words("Register decisions of the procureur des Konings"),
    Act.see_cameras: words("See cameras"),
    Act.change_cameras: words("Change cameras"),
    Act.see_register: words("See the register of camera uses"),
    Act.see_gateways: words("See gateways"),
    Act.change_gateways: words("Register and change gateways"),
    Act.see_rejects: words("See refused messages, masked"),
    Act.open_rejects: words("Open refused messages in full"),
    Act.replay_rejects: words("Have refused messages processed again"),
    Act.see_trials: words("See trial passages, masked"),
    Act.read_audit: words("Read the audit"),
    Act.export_audit: words("Export the audit"),
    Act.review_consultations: words("Review consultations"),
    Act.report_plates: words("Report what is kept of a plate"),
    Act.hear_overdue: words("Hear of overdue PVs"),
}

WEAKNESSES = {
    Weakness.short: words("Take at least 12 characters: a few words in a row are easy to remember."),
    Weakness.long: words("Take at most 1024 characters."),
    Weakness.name: words("This is little more than your user name. Take something that nobody would try."),
    Weakness.common: words("Everybody tries passwords like this one first. Take a few words in a row instead."),
    Weakness.uniform: words("This repeats a few characters. Take a few words in a row instead."),
    Weakness.the_old: words("This is the old one. Take another."),
}

PROOFS = {
    Proof.begun: words("password given, code still to come"),
    Proof.complete: words("logged in here"),
    Proof.provider: words("with the identity provider"),
}
