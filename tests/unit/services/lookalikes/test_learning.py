"""Learning: little evidence changes little, much evidence changes what it speaks of, a made-up town is calibrated."""

import random
from collections import Counter, defaultdict
from dataclasses import dataclass

import pytest

from services.lookalikes.evidence import Evidence, Key, What
from services.lookalikes.fitting import fit
from services.lookalikes.grammar import LETTERS, shapes_of
from services.lookalikes.learning import Labelled, Sample, SampledRead, evidence_of, learn, origins, places_to_look
from services.lookalikes.model import SHIPPED, SHIPPED_LIKELIHOODS, Model
from services.lookalikes.variants import plates_behind, texts_of
from services.lookalikes.weighing import Asked, Weighing, hopeful

PLATE = "3ABC123"
SWAPS = {"8": "B3", "B": "8R", "5": "S", "0": "DQ", "1": "T7", "D": "0", "E": "F", "7": "9", "N": "H"}


def labelled(read: str, times: int, camera_id: int = 1) -> list[Labelled]:
    return [Labelled(PLATE, read, camera_id, 0.4, by_person=True)] * times


def test_without_evidence_the_model_is_the_shipped_one() -> None:
    model = fit(Evidence())
    assert model.confusions.rates == SHIPPED.confusions.rates
    assert model.likelihoods == SHIPPED_LIKELIHOODS
    assert (model.occurrence, model.cameras) == (SHIPPED.occurrence, {})


def test_another_plate_that_nobody_named_teaches_what_a_confidence_is_worth_and_no_mistake() -> None:
    evidence = evidence_of([Labelled("?", "AB", 1, 0.4, by_person=True)])
    assert {key.what for key, amount in evidence.items() if amount} == {What.confidence_wrong}


def rate(model: Model, plate: str, read: str) -> float:
    return dict(model.confusions.written[plate])[read]


def test_one_correction_changes_little_and_a_hundred_much() -> None:
    shipped = rate(SHIPPED, "A", "W")
    assert rate(fit(evidence_of(labelled("3WBC123", 1))), "A", "W") < 3 * shipped
    learned = fit(evidence_of(labelled("3WBC123", 100)))
    assert rate(learned, "A", "W") > 20 * shipped
    assert rate(learned, "B", "8") < rate(SHIPPED, "B", "8")


def test_a_camera_with_its_own_confusion_is_known_by_it() -> None:
    others = [one for read in ("3A8C123", "ABC123", "3ABCI23", "3ABC1Z3") for one in labelled(read, 30, 2)]
    model = fit(evidence_of([*others, *labelled("3ABC128", 40, 1)]))
    edits = texts_of(model.confusions, PLATE, 600)["3ABC128"].edits
    own = model.own(edits, 7)
    assert own[1] > 2
    assert own[2] < 0.5


def test_confirmed_reads_teach_what_a_confidence_is_worth() -> None:
    right = [Labelled(PLATE, PLATE, 1, 0.4, by_person=True)] * 200
    wrong = [Labelled(PLATE, "3A8C123", 1, 0.99, by_person=True)] * 200
    model = fit(evidence_of([*right, *wrong]))
    assert model.likelihood(0.4) < 0.2
    assert model.likelihood(0.99) > 5


def test_a_cameras_own_correction_teaches_mistakes_but_not_confidence() -> None:
    evidence = evidence_of([Labelled(PLATE, "3A8C123", 1, 0.4, by_person=False)])
    assert evidence[Key(What.edit, "alike:B:8")] == 1
    assert not list(evidence.of(What.confidence_wrong))


def test_few_texts_of_a_shape_say_little_of_its_series() -> None:
    """Each sampled text stands for hundreds: two Dutch plates among a thousand Belgian ones are no series."""
    evidence = evidence_of([])
    evidence[Key(What.stands_for, "text")] = 250.0
    for number in range(1000):
        evidence.add_text(f"3{LETTERS[number % 20]}BC{number:03}", 1 + number % 2, 1.0)
    for text in ("P41MYJ", "P42MYJ"):
        evidence.add_text(text, 1, 1.0)
    occurrence = fit(evidence).occurrence
    shape, = shapes_of("D16KVR")
    evenly = sum(occurrence.tables[shape.code]) / shape.space
    assert 400 < sum(occurrence.tables[shape.code]) < 800
    assert evenly / 3 < sum(occurrence.expected("D16KVR")) < evenly < sum(occurrence.expected("P41MYJ"))
    assert occurrence.tables["nl-1"][1] > 0


def test_a_letter_that_is_not_issued_is_a_hundred_times_rarer_than_one_that_is_until_it_is_seen() -> None:
    evidence = evidence_of([])
    for number in range(1000):
        evidence.add_text(f"3{'ABCDEFGHJK'[number % 10]}BC{number:03}", 1, 1.0)
    issued, not_issued = (sum(fit(evidence).occurrence.expected(text)) for text in ("3NBC123", "3OBC123"))
    assert not_issued == pytest.approx(issued / 100, rel=0.01)
    for number in range(50):
        evidence.add_text(f"3OBC{number:03}", 1, 1.0)
    seen, unseen = (sum(fit(evidence).occurrence.expected(text)) for text in ("3OBC123", "3NBC123"))
    assert seen > 10 * unseen


def test_texts_too_far_apart_teach_nothing() -> None:
    assert evidence_of([Labelled(PLATE, "6WJT427", 1, None, by_person=True)]) == {}


def test_no_sum_holds_a_plate() -> None:
    evidence = evidence_of([*labelled("3A8C123", 3), *labelled("ABC123", 3)])
    evidence.add_text(PLATE, 3, 1.0)
    evidence[Key(What.stands_for, "text")] = 1.0
    assert all(len(part) <= len("first-missing") and PLATE not in part and "ABC" not in part
               for key in evidence for part in key.which.split(":"))


@dataclass
class Town:
    """Cars of one crowded series, misread by rules that are not the shipped ones; what was read, and what it was."""

    reads: list[tuple[str, str, float]]

    def counts(self) -> Counter[str]:
        return Counter(read for _, read, _ in self.reads)


@pytest.fixture(scope="module")
def town() -> Town:
    chance = random.Random(4)
    reads = []
    for _ in range(40_000):
        plate = "3" + "".join(chance.choices("ABCDEGHKLN", k=3)) + "".join(chance.choices("0123456789", k=3))
        times = min(300, int(chance.paretovariate(0.9)))
        reads += [(plate, misread(chance, plate) if chance.random() < 0.05 else plate) for _ in range(times)]
    return Town([(plate, read, confidence(chance, right=plate == read)) for plate, read in reads])


def misread(chance: random.Random, plate: str) -> str:
    places = [place for place, character in enumerate(plate) if character in SWAPS]
    if not places or chance.random() < 0.2:
        return plate[1:]
    place = chance.choice(places)
    return plate[:place] + chance.choice(SWAPS[plate[place]]) + plate[place + 1:]


def confidence(chance: random.Random, *, right: bool) -> float:
    return chance.betavariate(20, 2) if right else chance.betavariate(6, 3)


def learned_from(town: Town) -> Model:
    counts, reads = town.counts(), defaultdict(list)
    chosen = set(random.Random(2).sample(sorted(counts), 2000))
    for _, read, sure in town.reads:
        if read in chosen:
            reads[read].append(SampledRead(1, sure))
    sample = Sample(reads, len(counts) / len(chosen))
    return fit(learn(Evidence(), sample, {text: origins(places_to_look(text), counts) for text in sample.seldom()}))


def judged(town: Town, model: Model, asked: int) -> list[tuple[float, bool]]:
    """Return, for every misread candidate of some plates that were misread, its probability and the truth."""
    counts, by_text = town.counts(), defaultdict(list)
    for plate, read, sure in town.reads:
        by_text[read].append((plate, sure))
    found = []
    misread_plates = sorted({plate for plate, read, _ in town.reads if plate != read})
    for plate in random.Random(3).sample(misread_plates, asked):
        question = Asked(model, plate, counts[plate])
        variants = texts_of(model.confusions, plate, 3000)
        texts = hopeful(question, {text: how for text, how in variants.items() if text in counts}, 0.02)
        behind = {text: plates_behind(model.confusions, text, variants[text].rate * 0.03) for text in texts}
        near = set().union(*behind.values()) - {plate}
        others = {other: counts[other] for other in near if counts[other]}
        for item in Weighing(question, variants, {text: counts[text] for text in texts}, behind, others).alikes():
            found += [(item.probability_of(model, sure, 1), true == plate) for true, sure in by_text[item.text]]
    return found


def test_learning_from_plates_alone_is_calibrated_in_a_town_with_other_confusions(town: Town) -> None:
    model = learned_from(town)
    assert rate(model, "8", "3") > rate(model, "8", "6")
    found = judged(town, model, 90)
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, true in found:
        bins[min(int(10 * probability), 9)].append((probability, true))
    error = sum(abs(sum(p - t for p, t in inside)) for inside in bins.values()) / len(found)
    assert error < 0.04
    accepted = [true for probability, true in found if probability >= 0.5]
    assert len(accepted) > 100
    assert sum(accepted) / len(accepted) > 0.85
