"""The service: doors, lanes and batchers, put together. `python -m ingest` runs it."""

import asyncio
import gc
import signal
from collections.abc import Coroutine, Sequence

from ingest import clock_rows, pictures
from ingest.aftermath import Aftermath
from ingest.batcher import Batcher
from ingest.clocks import Clocks
from ingest.copies import Copies
from ingest.count_watch import keep_counting
from ingest.feedback import Feedback
from ingest.follower import Follower
from ingest.incoming import Door, Incoming
from ingest.intake import Intake
from ingest.lag import Lag
from ingest.mover import Mover
from ingest.mqtt_session import DurableSession, LiveSession
from ingest.push import PushDoor
from ingest.register import Register
from ingest.replays import Replayer
from ingest.rows import Answer
from ingest.silence_watch import SilenceWatch
from services.clock import utc_now
from services.database import open_engine
from services.images import ImageStore
from services.settings import IngestSettings

_CONNECTIONS = 15
"""Three for each batcher, one for each beside them: register, spool, replays, clocks, silences, mover, follower."""


async def serve(settings: IngestSettings) -> None:
    """Receive, store and acknowledge until SIGTERM or SIGINT; what is not stored by then comes again."""
    # Nothing here makes reference cycles at the rate of reads, and looking for them cost a tenth of the processor time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    engine = open_engine(settings, connections=_CONNECTIONS, joins_by_index=True, reads_by_index=True)
    images, register = ImageStore.open(settings.images_url), Register(engine)
    backlog, fresh = (Intake(settings.ingest_queue_mb * 1024 * 1024, lane) for lane in ("backlog", "fresh"))
    lag, clocks, copies = Lag(), Clocks(), Copies()
    live = LiveSession(settings, fresh, backlog, lag)
    durable = DurableSession(settings, backlog, lag, live.listens)
    push, feedback = PushDoor(settings, register, fresh, backlog), Feedback(register, durable.publish, utc_now())
    mover = Mover(engine, lambda: durable.connected)
    aftermath = Aftermath(register, lag, clocks, feedback, mover.wake)

    def hand_back(messages: Sequence[Incoming], answers: Sequence[Answer]) -> None:
        durable.acknowledge([message for message in messages if message.door is Door.durable])
        push.answer(answers)

    batchers = [Batcher(settings, engine, images, lane, hand_back, register, aftermath.tell, copies)
                for lane in (backlog, fresh)]
    try:
        await _run_until_stopped(register.keep_current(), durable.run(), live.run(), push.run(), feedback.run(),
                                 pictures.keep_emptying(engine, images), Replayer(settings, engine, images).run(),
                                 clock_rows.keep_measuring(engine, clocks), SilenceWatch(engine, lag).run(),
                                 mover.run(), Follower(engine, mover.wake).run(), keep_counting(engine),
                                 *(batcher.run() for batcher in batchers))
    finally:
        await engine.dispose()


async def _run_until_stopped(*work: Coroutine[None, None, None]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    tasks = [asyncio.ensure_future(one) for one in work]
    stopping = asyncio.ensure_future(stopped.wait())
    done, _ = await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for finished in done:
        finished.result()  # a program error ends the process with its traceback: the supervisor starts it again
