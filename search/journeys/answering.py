"""From journeys as they are found to journeys as the API speaks of them."""

from collections.abc import Callable, Mapping

from search.answers import Answer
from search.cameras.completeness import in_words as say_completeness
from search.cameras.schemas import answer_completeness
from search.journeys.absence import Unread
from search.journeys.asked import AskedJourneys
from search.journeys.finding import JourneysFound, ToldJourney, ToldLeg
from search.journeys.fitting import RuledOut
from search.journeys.legs import Judged, Parting
from search.journeys.schemas import (
    CameraOnWay,
    JourneysAnswer,
    JourneyTold,
    LegOfJourney,
    Passed,
    ReadOnWay,
    RuledOutRead,
    Stop,
)
from search.journeys.seen import Place, Seen
from search.journeys.speeds import indicative_speed
from search.journeys.wording import NO_PROOF, why_probable, why_ruled_out
from search.pages.language import Language, Words
from search.reads.answering import answer_withheld
from services.clock import utc_now

Say = Callable[[Words | str], str]


def answer_journeys(language: Language, answer: Answer[JourneysFound], asked: AskedJourneys, *,
                    speed: bool = False) -> JourneysAnswer:
    """Return the API's answer; `speed` tells whether indicative speeds are worked out."""
    found = answer.value
    return JourneysAnswer(
        journeys=[_journey(told, found.places, language.say, speed) for told in found.journeys],
        ruled_out=[_ruled_out(out, language.say) for out in found.fitted.ruled_out],
        left_out=found.fitted.left_out, cut=found.cut, complete=answer_completeness(found.completeness),
        completeness=language.say(say_completeness(found.completeness, utc_now(), asked.until)),
        withheld=answer_withheld(language, answer), question=language.say(asked.sentence()),
        note=language.say(NO_PROOF))


def _journey(told: ToldJourney, places: Mapping[int, Place], say: Say, speed: bool) -> JourneyTold:
    journey = told.journey
    impossible = journey.begins is Parting.impossible
    return JourneyTold(
        started_at=journey.reads[0].captured_at, ended_at=journey.reads[-1].captured_at, begins=journey.begins,
        cannot_follow=journey.after.before.read_id if journey.after and impossible else None,
        gap_minutes=_minutes(journey.after.took_s) if journey.after else None,
        reads=[_read(seen, why_probable(seen), say) for seen in journey.reads],
        legs=[_leg(leg, places, speed) for leg in told.legs], stops=[_stop(leg) for leg in told.stops])


def _read(seen: Seen, why: Words | None, say: Say) -> ReadOnWay:
    return ReadOnWay(
        read_id=seen.read_id, captured_at=seen.captured_at, camera=_camera(seen.place), plate=seen.plate,
        probability=seen.probability, on_plate_alone=seen.on_plate_alone, why=say(why) if why else None,
        kind="exact" if seen.probability is None else "probable")


def _camera(place: Place) -> CameraOnWay:
    return CameraOnWay(code=place.code, name=place.name, municipality=place.municipality, road=place.road,
                       direction=place.direction, lat=place.lat, lon=place.lon, moved=not place.current)


def _leg(leg: ToldLeg, places: Mapping[int, Place], speed: bool) -> LegOfJourney:
    judged = leg.judged
    indicative = indicative_speed(judged) if speed else None
    return LegOfJourney(
        from_=judged.before.place.code, to=judged.after.place.code,
        km=round(judged.route.km, 2) if judged.route else None, minutes=_minutes(judged.took_s),
        usual_minutes=_minutes(judged.usual_s) if judged.usual_s is not None else None, verdict=judged.verdict,
        speed_kmh=indicative.kmh if indicative else None, speed_error_kmh=indicative.error_kmh if indicative else None,
        passed=[_passed(unread, places[unread.camera_id]) for unread in leg.unread])


def _passed(unread: Unread, place: Place) -> Passed:
    silence = unread.silence
    return Passed(
        camera=place.code, name=place.name, why="silent" if silence else "missed", earliest=unread.earliest,
        latest=unread.latest, silent_since=silence.since if silence else None,
        silent_until=silence.until if silence else None, silent_by=silence.basis if silence else None)


def _stop(leg: Judged) -> Stop:
    return Stop(after=leg.before.captured_at, before=leg.after.captured_at,
                between=(leg.before.place.code, leg.after.place.code),
                minutes=_minutes(leg.stop.total_seconds() if leg.stop else 0.0))


def _ruled_out(out: RuledOut, say: Say) -> RuledOutRead:
    return RuledOutRead(read=_read(out.read, why_ruled_out(out), say), because=out.other.read_id)


def _minutes(seconds: float) -> float:
    return round(seconds / 60, 1)
