"""Help in place: a few sentences of each page, told at its foot; a page may say more in its own block."""

from collections.abc import Mapping, Sequence

from search.pages.language import Words, words

HELP: Mapping[str, Sequence[Words]] = {
    "hits.html": (
        words("The most urgent hits stand on top. c takes the one that is chosen, then one key is one step: confirm "
              "it on the image before you send anybody. ≈ means that the plate only looks like one that is watched "
              "for."),
        words("A red bar across the page means that this board is dead: call the control room and do not wait for "
              "hits here. What arrived late makes no sound."),
    ),
    "hits_handover.html": (
        words("For the change of shift: what is open, who has it, and what ended in the last hours. Print it, or "
              "read it aloud."),
    ),
    "hits_review.html": (
        words("How many hits of a list or a camera turned out right, and how many nobody took. A list that only "
              "makes noise is named: change it, or let it count only."),
    ),
    "watchlists.html": (
        words("A live list makes hits. One for operations only shows its vehicles at the roadside, and one that "
              "counts tells nobody of a single vehicle."),
    ),
    "watchlist.html": (
        words("Try a list before it goes live: it tells how many hits a day it would have made, and where. An entry "
              "ends by itself on its last day; its requester is warned a week before."),
    ),
    "entry_form.html": (
        words("What lacks a reason, a legal basis, an authority or an end is refused. A second person validates; an "
              "urgent entry is live at once and lapses after 24 hours unless somebody does."),
    ),
    "entry.html": (
        words("Every change is a version of its own and needs a second person. Revoking takes effect within "
              "seconds."),
    ),
    "deliveries.html": (
        words("Paste lines, or give a CSV or a ZIP with its list of contents. You see first what would be added, "
              "changed and refused, line by line; nothing is taken before you say so, and a broken delivery changes "
              "nothing."),
    ),
    "actions.html": (
        words("An operation joins cameras, lists, a place and crews for some hours. Its board is made for a tablet "
              "at the roadside and goes on without a network."),
    ),
    "action_new.html": (
        words("Choose the place first: cameras from which it is reached are then proposed, with the minutes. As "
              "many vehicles are shown as crews are free."),
    ),
    "audit.html": (
        words("Every log-in, question, answer and change has a row that nobody can change or take out. A click on a "
              "person, a file or a consultation shows only theirs."),
    ),
    "audit_behaviour.html": (
        words("Rules look for what is seldom in order: one plate again and again, under several files, at unusual "
              "hours. Open the consultations, ask the person, and keep your finding."),
    ),
    "audit_sample.html": (
        words("Each month some consultations are drawn by the audit's own seal, so that nobody can choose them. Say "
              "of each whether its reason holds."),
    ),
    "audit_plate.html": (
        words("For a request for access: everything that is kept of one plate, and who asked for it. The report is "
              "itself kept in the audit."),
    ),
    "rules.html": (
        words("The limits that the law leaves to the zone. A change counts when a second person has confirmed it, "
              "and every answer tells which limits it was given under."),
    ),
    "decisions.html": (
        words("A decision opens what it names, for its file alone, until it expires. A colleague compares it with "
              "the document before it counts."),
    ),
    "consultation.html": (
        words("Say why you look: purpose, file, and a reason of your own words that a colleague would understand a "
              "year from now. It holds for hours, and every question is kept under it."),
        words("Where seconds count, the urgent consultation needs the incident alone; its PV follows within 72 "
              "hours."),
    ),
    "approvals.html": (
        words("Questions about everybody wait here for a second person. You see the question and its reason, never "
              "the answer; what you agree to is that very question."),
    ),
    "account.html": (
        words("End a log-in that is not yours and change your password at once. A token for a program may do less "
              "than you may, never more."),
    ),
    "users.html": (
        words("One person, one account. Whoever leaves is switched off and never deleted: the audit goes on naming "
              "them."),
    ),
    "channels.html": (
        words("A channel hands hits to another system, by list and hours. It runs once the group that owns the hits "
              "has agreed to it."),
    ),
    "lookalikes.html": (
        words("What a camera makes of a plate: which texts it may read instead, why, and how probable that is. No "
              "passage is looked at here."),
    ),
    "reads.html": (
        words("A chip shows what was understood of what you wrote: a click on it changes it, its cross takes it "
              "away. Look-alikes stand apart, each with why."),
        words("Drag a window over the bars to narrow to a time. t, f and g show table, gallery and map; j and k "
              "go through the rows, Enter opens one."),
    ),
    "read.html": (
        words("The arrows lead to the passages before and after of this vehicle, [ and ] to those at this camera."
              " Pictures are shown for ten minutes; then ask again."),
        words("A camera misreads some plates: trust the picture, not the text. What you say that it shows makes "
              "look-alikes better and changes no passage."),
    ),
    "hit.html": (
        words("Everything that was done with this hit, by whom and when. One step follows from another; what is "
              "ended cannot be taken up again."),
    ),
    "entries_waiting.html": (
        words("Look at the reason, the legal basis and the end before you validate: your name stands beside that "
              "of whoever made it."),
    ),
    "entry_request.html": (
        words("Your request goes to the group that keeps the list. You see here what became of it, and are told a"
              " week before it ends."),
    ),
    "decision_new.html": (
        words("Copy the document to the letter: a colleague compares each part with it, and nothing is opened "
              "before they agree."),
    ),
    "decision_compare.html": (
        words("Compare with the document, not with what you expect: what differs is refused, and registered anew."),
    ),
    "owed.html": (
        words("An urgent consultation comes before its paper. Without a number after 72 hours your superior and "
              "the data protection officer are told."),
    ),
    "notices.html": (
        words("What colleagues ask of you, answers to what you asked, and what is due. Nothing here names a "
              "plate."),
    ),
    "trials.html": (
        words("A gateway in trial is read as a live one and stored nowhere: see here whether plates, times and "
              "cameras are understood before it goes live."),
    ),
    "reject.html": (
        words("Nothing is lost: the message is kept for thirty days. Mend what is told above, then have it "
              "processed again; what was captured keeps its own time."),
    ),
    "camera_register.html": (
        words("The register that the law asks for: where each camera stands, on which ground, and since when a "
              "pictogram warns of it. It can be handed out as a file."),
    ),
}
"""By template."""
