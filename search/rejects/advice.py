"""Why a message was refused and what to do about it, in words: a row for each reason that ingest gives."""

from dataclasses import dataclass

from search.pages.language import Words, words
from services.replaying import NEVER_REPLAYED


@dataclass(frozen=True, slots=True)
class Advice:
    """What a reason is called, and one sentence on it."""

    name: Words
    sentence: Words


REASONS = {
    "unknown-topic": Advice(words("Unknown topic"), words(
        "The topic is none of ours: let the gateway publish below anpr/v1/ and its own name.")),
    "unknown-gateway": Advice(words("Gateway not registered"), words(
        "Nobody registered this gateway: register it under the name that it uses, then process its messages again.")),
    "gateway-disabled": Advice(words("Gateway disabled"), words(
        "The gateway has been disabled: enable it, then process its messages again.")),
    "bad-settings": Advice(words("Settings are wrong"), words(
        "The gateway's settings cannot be used: mend what the detail names, then process the messages again.")),
    "unknown-camera": Advice(words("Unknown camera"), words(
        "The gateway has no camera of that name: give it the camera under the name that it uses, then process the "
        "messages again.")),
    "camera-not-live": Advice(words("Camera not live"), words(
        "The camera has no papers yet, or was taken off: counted, and not kept. The camera manager takes it live.")),
    "too-large": Advice(words("Too large"), words(
        "Larger than is taken: let it send fewer passages at once, or smaller pictures. Such a message is not kept "
        "whole and cannot be processed again.")),
    "too-deep": Advice(words("Nested too deeply"), words(
        "No format is nested so deeply: check whether the profile is that of the device.")),
    "wrong-encoding": Advice(words("Unreadable characters"), words(
        "The text is written otherwise than the message says: set the device to UTF-8.")),
    "not-json": Advice(words("No JSON"), words(
        "The profile expects JSON and this is none: set the device to JSON, or choose another profile and process the "
        "messages again.")),
    "not-xml": Advice(words("No XML"), words(
        "The profile expects XML and this is none: set the device to XML, or choose another profile and process the "
        "messages again.")),
    "bad-multipart": Advice(words("Parts cut off"), words(
        "The parts of the message are cut off or cannot be told apart: check the device and every proxy on the way.")),
    "unknown-format": Advice(words("Unknown format"), words(
        "None of the messages that the profile knows: choose another profile, or mend the mapping, then process the "
        "messages again.")),
    "wrong-shape": Advice(words("Wrong value"), words(
        "A value is of another kind than the format allows, where the detail says: mend the gateway.")),
    "no-camera": Advice(words("No camera named"), words(
        "The message does not say which camera it is from: let the device name it, or let the mapping take the name "
        "from topic or header, then process the messages again.")),
    "no-time": Advice(words("No usable time"), words(
        "The capture time is missing or could be two dates: set date_order or mend the mapping, then process the "
        "messages again.")),
    "too-old": Advice(words("Too old"), words(
        "Captured longer ago than passages may be kept: counted, and not kept. There is nothing to do.")),
    "in-the-future": Advice(words("In the future"), words(
        "Captured later than it is now: put the clock right, or mend time_zone and clock in the settings and process "
        "the messages again.")),
    "bad-image": Advice(words("Bad picture"), words(
        "The passage is stored, its picture is not: let the device send JPEG or PNG of at most 4 MB.")),
    "refused-by-store": Advice(words("Refused by the database"), words(
        "The database did not take it: tell whoever looks after it. Processing it again is safe.")),
}


def name_of(reason: str) -> Words | str:
    """Return what a reason is called; one that has no words yet is shown by its code."""
    return REASONS[reason].name if reason in REASONS else reason


def sentence_on(reason: str) -> Words | str:
    """Return what to do about a reason; nothing for one that has no words yet."""
    return REASONS[reason].sentence if reason in REASONS else ""


def can_be_mended(reason: str) -> bool:
    """Tell whether messages that were refused for this reason may be taken when they are processed again."""
    return reason not in NEVER_REPLAYED
