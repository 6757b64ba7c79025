"""How large a scored world is, and how much is asked of it."""

from dataclasses import dataclass

SCORES = ("look-alikes", "witness", "journeys", "onward", "alerts")


@dataclass(frozen=True, slots=True)
class Sizes:
    """A world and its questions; the defaults take about half an hour on two processors."""

    plates: int = 2_000_000
    """Vehicles that pass single cameras, to be taken for one another."""
    reads_per_day: int = 40_000
    """Of whole trips, on each of four days."""
    asked: int = 2_000
    """Plates, witnesses; of vehicles with trips two fifths of it."""
    taught: int = 500
    """Pictures that somebody looks at before the product learns."""
    seed: int = 1

    def questions(self, score: str) -> list[str]:
        """Return the arguments that say how much a score asks."""
        half, some, few = self.asked // 2, self.asked * 2 // 5, self.asked // 20
        counts = {
            "look-alikes": ("--plates", self.asked, "--others", half, "--trips", some),
            "witness": ("--plates", self.asked),
            "journeys": ("--vehicles", some, "--silenced", few),
            "alerts": ("--entries", some, "--reads", 15 * self.asked, "--plates", self.plates,
                       "--reads-per-day", self.reads_per_day),
            "onward": ("--reads", 2 * self.asked, "--reads-per-day", self.reads_per_day),
        }
        return [*(str(word) for word in counts[score]), "--seed", str(self.seed)]
