"""What this search knows of misreads: read anew at most once a minute."""

from asyncio import to_thread
from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy.ext.asyncio import AsyncEngine

from services.database import transaction
from services.lookalikes.fitting import fit
from services.lookalikes.model import SHIPPED, Model
from services.lookalikes.rows import load_evidence

_GOOD_FOR_S = 60.0


@dataclass(slots=True)
class ModelHolder:
    """Holds the model; before anything was learned it is the shipped one."""

    _model: Model = field(default=SHIPPED, init=False)
    _read_at: float | None = field(default=None, init=False)

    async def current(self, engine: AsyncEngine) -> Model:
        """Return the model, read anew when it is older than a minute; whoever asks meanwhile gets the one before."""
        if self._read_at is None or monotonic() - self._read_at > _GOOD_FOR_S:
            self._read_at = monotonic()
            async with transaction(engine) as connection:
                evidence = await load_evidence(connection)
            self._model = await to_thread(fit, evidence) if evidence else SHIPPED
        return self._model
