"""Look-alikes as the API speaks of them."""

from pydantic import BaseModel, Field

from services.plates import MAX_PLATE_LENGTH


class ConfirmationRequest(BaseModel):
    """What the picture of a read shows."""

    plate: str = Field(max_length=4 * MAX_PLATE_LENGTH,
                       description="The plate as the picture shows it; the same as was read when the reading is right.")


class ConfirmationAnswer(BaseModel):
    """What was kept."""

    plate: str = Field(description="The plate that the picture shows, normalised.")
    right: bool = Field(description="Whether the camera had read just that.")


class LookalikesParameters(BaseModel):
    """What the preview is asked for."""

    plate: str = Field(max_length=4 * MAX_PLATE_LENGTH)
    level: str = Field("likely", description="certain, likely or possible, or a probability.")


class LookalikeItem(BaseModel):
    """A text that the level accepts."""

    text: str
    why: str
    probability: float = Field(description="For a text that was read once, when no other plate near it was seen.")


class LookalikesAnswer(BaseModel):
    """Texts that the level accepts for the plate, the likeliest misreads first; no reads were looked at."""

    plate: str
    least: float = Field(description="The probability that the level asks for.")
    items: list[LookalikeItem]
