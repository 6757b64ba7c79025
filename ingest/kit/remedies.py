"""What to do about what `conform` finds: a sentence for each reason of a reject, and for each of its own findings."""

from ingest.rows import Reason

_SET = "`python -m services gateway set {gateway}"

REMEDIES: dict[str, str] = {
    Reason.unknown_topic: "publish below anpr/v1/{gateway}/, canonical messages to …/reads and …/heartbeats",
    Reason.unknown_gateway: "register it: `python -m services gateway add`",
    Reason.gateway_disabled: "let it in again: `python -m services gateway enable {gateway}`",
    Reason.bad_settings: f"mend its settings: {_SET} --settings FILE.json`",
    Reason.unknown_camera: f"give it the camera under the name it uses: {_SET} --cameras NAME=CODE`",
    Reason.camera_not_live: "take it live once its papers are there: `python -m services cameras live CODE`",
    Reason.too_large: "send fewer reads in a message, and smaller pictures",
    Reason.too_deep: "the message is nested deeper than any format wants: look whether the profile is the right one",
    Reason.wrong_encoding: "have it send UTF-8, or say in the header how the text is written",
    Reason.not_json: "the profile expects JSON: have it send JSON, or choose another profile",
    Reason.not_xml: "the profile expects XML: have it send XML, or choose another profile",
    Reason.bad_multipart: "the parts are cut off or lack their boundary: look at proxies between it and us",
    Reason.unknown_format: "its format is another, or its version: try `python -m ingest decode` with others",
    Reason.wrong_shape: "the message holds a value of another kind than its format allows: the detail says where",
    Reason.no_camera: "have it name its camera, or let its mapping take the name from the topic or a header",
    Reason.no_time: f"its time is missing, or could be two dates: {_SET} --settings` with date_order or a mapping",
    Reason.too_old: "what was captured longer ago than twelve months may not be kept: nothing to do",
    Reason.in_the_future: "its clock is ahead, or the setting time_zone or clock is not its own",
    Reason.bad_image: "the read is stored, its picture is not: send JPEG or PNG of at most 4 MB",
    Reason.refused_by_store: "tell whoever looks after the database: the log of ingest says more",
    "state-live": "",
    "state-proef": "when all is right: `python -m services gateway state {gateway} live`",
    "state-disabled": "let it in again: `python -m services gateway enable {gateway}`",
    "nothing": "look at its credentials, its topic (anpr/v1/{gateway}/…) or address (/push/{gateway}), and the "
               "firewall; was there traffic?",
    "no-read": "what it sends holds no read under this profile: look at its rejects, and at what it is set to send",
    "never-heard": "look whether they are on, and whether the gateway's name for them is right",
    "silent": "a quiet road, or a camera that is off: watch longer with --seconds",
    "no-heartbeat": "without one, a silent camera looks like an empty road: have it send one a minute if it can",
    "zone": "set time_zone to the camera's own; where it ignores summer time, set clock to wall-clock",
    "clock": "have the camera take its time from NTP",
    "slow": "its clock is behind, or it waits before it sends: alerts come later than they might",
    "late": "a backlog after an outage drains like this; if it goes on, the clock or the connection is slow",
    "scale-too-small": "set confidence_scale to the value that means certainty (100, 255, 999, 1000)",
    "scale-too-large": "set confidence_scale to the value that means certainty: it is smaller than what is set now",
    "no-confidence": "have it send one if it can: without it no doubtful reading is shown as such",
    "country": "set country_coding, or countries for its own words: raw values are kept until then",
    "no-country": "have it send the country if it can: plates of several countries look alike",
    "unread": "look at a picture: focus, angle, light, and whether its words for an unread plate are known",
    "doubles": "it sends again what it need not, or the camera and its recorder both send",
    "no-picture": "have it send the cut-out of the plate: whoever checks a reading needs it",
    "no-passage": "have it send the passage's own number, or let its mapping find it: one car is stored several times",
    "no-revision": "as it should be if it sends one message a car; else the number that they share is not found",
}


def remedy(name: str, gateway: str = "") -> str:
    """Return what to do about one finding; nothing for what nobody has thought of."""
    return REMEDIES.get(name, "").replace("{gateway}", gateway)
