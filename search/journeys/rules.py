"""The numbers by which reads become journeys, each with its reason (decisions 0090 and 0091)."""

from datetime import timedelta

CLOCK_SLACK = timedelta(seconds=3)
"""Two clocks that are in order differ by no more; what is impossible by less than this is not called impossible."""

UNSURE_CLOCK_SLACK = timedelta(seconds=60)
"""The same where a clock says itself that it is not synchronised and nobody measured it."""

STOP_AFTER = timedelta(minutes=3)
"""Beyond a slow vehicle's time: less is a level crossing or a fuel pump's queue, and no stop worth telling."""

ONWARD_SPLIT = timedelta(minutes=60)
"""Who comes so much later than the road takes, in the same direction, has begun another journey. In made-up traffic
with stops of up to three hours this parts and joins wrongly least often (decision 0090)."""

TURNED_SPLIT = timedelta(minutes=5)
"""The same for who turned round meanwhile: whoever drives back has been where he wanted to be."""

DETOUR = 2.5
"""A way onward is at most so many times the straight line; a longer one means that the vehicle turned round."""

DETOUR_KM = 0.3
"""Added to the straight line, which between cameras of one crossroads is almost nothing."""

TURNED_PACE = 2.0
"""Usual time over the shortest possible one: at one and a half times the limit nobody keeps it up."""

MOST_BESIDE = 8
"""Journeys of one plate that are under way at once: more are no vehicles, and each costs a look at every read."""

AGAIN_WITHIN = timedelta(seconds=60)
"""One camera that sees a vehicle twice within this has seen it pass once."""
