"""The table of decisions."""

from typing import Any

from sqlalchemy import JSON, Float, String
from sqlalchemy.orm import Mapped, mapped_column

from nai.vnfm.media_server.tables import BINARY, TEXT, Base


class DecisionRow(Base):
    """One decision; `at` in seconds since 1970."""

    __tablename__ = "scaling_decision"
    __table_args__ = BINARY

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    vnfr_id: Mapped[str] = mapped_column(String(TEXT), index=True)
    at: Mapped[float] = mapped_column(Float(53))
    state: Mapped[str] = mapped_column(String(16))
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
