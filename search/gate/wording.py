"""The gate's rules in words, and the points of docs/law.md §1.9 that are no settings."""

from dataclasses import dataclass

from search.pages.language import Words, words


@dataclass(frozen=True, slots=True)
class Described:
    """A rule in words: its name, what it means, in what it is counted."""

    title: Words
    meaning: Words
    unit: Words | None = None


RULES = {
    "window_hours": Described(
        words("Longest period without a plate"),
        words("A question that names no plate counts as targeted up to this length of time; beyond it, a second person "
              "must agree."), words("hours")),
    "window_cameras": Described(
        words("Most cameras without a plate"),
        words("A question that names no plate counts as targeted up to this number of cameras; beyond it, a second "
              "person must agree."), words("cameras")),
    "known_characters": Described(
        words("Fewest characters of a plate"),
        words("A pattern with at least so many known characters counts as a question about one vehicle, and not about "
              "everybody."), words("characters")),
    "offence_threshold": Described(
        words("Offence of a year"),
        words("Whether passages older than a month need, beside the decision of the procureur des Konings, an offence "
              "that is punishable by a year or more.")),
    "other_authorities": Described(
        words("Other authorities"),
        words("Whether questions for another authority may be asked at all.")),
    "audit_years": Described(
        words("How long the audit is kept"),
        words("After so many years a row of the audit may leave, the oldest first."), words("years")),
    "sample_size": Described(
        words("Size of the monthly sample"),
        words("So many consultations are drawn each month for review, if there are so many."), words("consultations")),
}
"""By the rule's name (services.gate_rules)."""

FIXED = (
    (words("Which data may be kept"),
     words("A closed list: time and place of the passage, plate, what is seen of the vehicle, pictures. Anything else "
           "that a camera sends is dropped before it is kept.")),
    (words("Lists that are compared with passages"),
     words("There are none yet. A list will need its legal basis, authority, reason and end date before it is taken.")),
    (words("Persons on whom administrative police may ask"),
     words("The product cannot know them: the officer states the reason, and administrative police sees the last month "
           "only.")),
    (words("Occupants"),
     words("What cameras say of driver and passengers is dropped; faces are not recognised. A picture of the vehicle "
           "may show them.")),
    (words("Sending to the national database"),
     words("Not done yet; passages stay in the zone.")),
    (words("What the register of camera uses holds"),
     words("Council decision, impact assessment, register entry and pictogram of each camera; without them a camera "
           "does not go live.")),
    (words("Where the month ends"),
     words("A calendar month or 30 days, in Brussels' time, whichever is shorter; twelve months or 365 "
           "days likewise.")),
)
"""Points of docs/law.md §1.9 that the product answers one way only."""
