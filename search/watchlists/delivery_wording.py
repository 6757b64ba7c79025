"""Deliveries in words: how each comes, how it stands, and what is wrong with a line or a file."""

from collections.abc import Iterable

from search.pages.language import Language, Words, words
from search.watchlists.wording import LACKING
from services.watchlists.deliveries import Delivery
from services.watchlists.delivery_files import Broken, BrokenDeliveryError, DeliveryKind
from services.watchlists.delivery_lines import Fault
from services.watchlists.drafting import Lacking

KINDS = {
    DeliveryKind.paste: words("pasted plates"),
    DeliveryKind.full: words("the whole list, as CSV"),
    DeliveryKind.package: words("a ZIP with a manifest"),
}

COUNTS = {
    "added": words("New"), "changed": words("Changed"), "ended": words("Ended"), "same": words("The same"),
    "held": words("Revoked here, and still so"), "refused": words("Lines refused"), "lines": words("Lines"),
}

FAULTS = {
    Fault.unreadable: words("Its quotes do not match, or it is too long."),
    Fault.cells: words("It has more or fewer cells than the first line."),
    Fault.key: words("Its source_key is missing, too long or cannot be printed."),
    Fault.operation: words("Its operation is none of add, change and remove."),
    Fault.doubled: words("Its source_key stands in an earlier line."),
    Fault.unknown: words("It changes or removes what is not there."),
    Fault.patterns: words("There are more patterns than one delivery may hold."),
}

BROKEN = {
    Broken.empty: words("There is no line that can be taken."),
    Broken.too_long: words("It is longer than any delivery that is taken."),
    Broken.encoding: words("The file must be UTF-8 or Latin-1."),
    Broken.header: words("The first line names the columns. One of them is unknown, missing or named twice."),
    Broken.archive: words("The ZIP cannot be read: it is broken, cut off, encrypted or packed in an unusual way."),
    Broken.bomb: words("The ZIP holds more than may be unpacked."),
    Broken.manifest: words("The ZIP's manifest.json is missing or not as it must be."),
    Broken.list: words("It is a delivery of another list."),
    Broken.missing: words("A file that the manifest names is not in the ZIP, or there twice."),
    Broken.checksum: words("The checksum is another one: the file is not what was sent."),
    Broken.rows: words("The number of lines is another one: the file is not what was sent."),
    Broken.uncounted: words("Give the number of lines of a whole list, or its checksum, as its sender says it."),
    Broken.order: words("The revisions do not follow one another, or a whole list does not come first."),
    Broken.old: words("The list has this revision, or a later one, already."),
    Broken.gap: words("A revision between the list's own and this one is missing."),
    Broken.unnumbered: words("This list has revisions: say which one this is."),
    Broken.mostly_refused: words("More than half of its lines would be refused. Nothing was kept."),
}


def broken_in_words(error: BrokenDeliveryError) -> Words:
    """Return what is wrong with a delivery, and where, never what stands there."""
    sentence = BROKEN[error.why]
    return words("{problem} ({place})", problem=sentence, place=error.place) if error.place else sentence


def why_in_words(why: str) -> list[Words]:
    """Return why a line is refused; a code that is not known any more stands for itself."""
    return [_reason(code) for code in why.split(",")]


def _reason(code: str) -> Words:
    if code in set(Fault):
        return FAULTS[Fault(code)]
    return LACKING[Lacking(code)] if code in set(Lacking) else words("{code}", code=code)


def rows_of_refusals(refused: Iterable[tuple[int, int, str]], language: Language) -> Iterable[list[object]]:
    """Return file, line, codes and reasons, as the rows of a sheet."""
    for part, line, why in refused:
        yield [part, line, why, " ".join(language.say(one) for one in why_in_words(why))]


def state_in_words(delivery: Delivery) -> Words:
    """Return how a delivery stands."""
    if delivery.applied_at is not None:
        return words("taken")
    return words("waits to be taken") if delivery.waits else words("not taken, and gone")
