"""What every model that is kept or sent on is."""

from pydantic import BaseModel, ConfigDict


class Stored(BaseModel):
    """A model that travels on streams: frozen, tolerant of fields from a newer writer."""

    model_config = ConfigDict(frozen=True, extra="ignore")
