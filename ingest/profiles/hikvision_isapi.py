"""`hikvision-isapi`: Hikvision's ISAPI EventNotificationAlert, as cameras and NVRs push it over HTTP."""

from ingest.mapping.verbs import Mapping, Message, Picture, Value

# The offset in dateTime may ignore summer time (setting clock: wall-clock). Behind an NVR mac and ip are the NVR's and
# the channel picks the camera: its cameras are registered as mac/channel.
MAPPING = Mapping(
    name="hikvision-isapi", confidence_scale=100, country_coding="alpha-3",
    messages=[
        Message(
            kind="read", when="body.anpr",
            camera=["body.macaddress", Value(concat=["body.macaddress", "'/'", "body.channelid"]), "body.channelname",
                    "body.deviceid", "body.ipaddress"],
            captured_at="body.datetime",
            plate=Value(path=["body.anpr.licenseplate", "body.anpr.originallicenseplate"]),
            confidence="body.anpr.confidencelevel",
            country=[Value(path="body.anpr.countryabbreviation", missing=["non"]), "body.anpr.country"],
            direction=Value(path="body.anpr.direction", table={"forward": "towards", "reverse": "away"}),
            lane="body.anpr.line", speed="body.anpr.vehicleinfo.speed", colour="body.anpr.vehicleinfo.color",
            vehicle_type="body.anpr.vehicletype", key="body.uuid",
            images=[Picture(kind="plate", part="^licenseplate"),
                    Picture(kind="overview", part="^(detection|vehicle)picture")]),
        Message(kind="heartbeat", when="body.eventtype == 'videoloss' && body.eventstate == 'inactive'",
                camera=["body.macaddress"]),
        Message(kind="ignored", when="body.eventtype", reason="another event"),
    ])
