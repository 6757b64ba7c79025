"""What acts, weaknesses of passwords and proofs are called on the pages."""

from search.pages.language import words
from services.passwords import Weakness
from services.roles import Act
from services.sessions import Proof

ACTS = {
    Act.be_here: words("One's own account"),
    Act.consult: words("Open consultations"),
    Act.ask_reads: words("Search passages, journeys and pictures"),
    Act.confirm_readings: words("Say what a picture shows"),
    Act.register_decisions: words("Register decisions of the procureur des Konings"),
    Act.compare_decisions: words("Compare decisions with their document"),
    Act.approve_questions: words("Agree to a colleague's question"),
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
    Act.keep_colleagues: words("Keep the hashes of colleagues' plates"),
    Act.confirm_rules: words("Confirm rules"),
    Act.manage_users: words("Manage users"),
    Act.hear_overdue: words("Hear of overdue PVs"),
    Act.see_hits: words("See hits of one's groups"),
    Act.handle_hits: words("Handle hits"),
    Act.see_watchlists: words("See lists and entries"),
    Act.request_entries: words("Ask for entries"),
    Act.keep_watchlists: words("Keep lists and entries"),
    Act.validate_entries: words("Validate entries"),
    Act.confirm_watchlists: words("Confirm categories of lists"),
    Act.keep_audiences: words("Keep groups"),
    Act.see_actions: words("See ANPR operations"),
    Act.run_actions: words("Run ANPR operations"),
    Act.keep_channels: words("Keep channels"),
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
