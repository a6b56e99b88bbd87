"""Tables of the PaaS manager: people here, applications in `nai.paas.applications.tables` on the same `Base`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from nai.core.logins import TokenColumns

ID = String(36)
NAME = String(255)


class Base(DeclarativeBase):
    """Base of all tables of the PaaS manager."""


class UserRow(Base):
    """A user; names are stored in lower case and compared so."""

    __tablename__ = "user"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    username: Mapped[str] = mapped_column(NAME, unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    enabled: Mapped[bool] = mapped_column(Boolean)
    email: Mapped[str] = mapped_column(NAME, default="")
    configured_hash: Mapped[str] = mapped_column(String(255), default="")
    """Of the administrator: the password of the settings that was taken over last."""


class ProjectRow(Base):
    """A project; None as quota: the installation's."""

    __tablename__ = "project"

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    name: Mapped[str] = mapped_column(NAME, unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    quota: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class MemberRow(Base):
    """A user's role in a project."""

    __tablename__ = "member"

    project_id: Mapped[str] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(16))


class TokenRow(TokenColumns, Base):
    """A token that was handed out."""

    __tablename__ = "token"

    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
