"""Signing in from this computer: consents, each with a code of one use."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "authorisations",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "enrolment_id",
            sa.String(64),
            sa.ForeignKey("enrolments.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("challenge", sa.String(43), nullable=False),
        sa.Column("redirect_uri", sa.String(32), nullable=False),
        sa.Column("device_name", sa.String(64), nullable=False),
        sa.Column("expires", sa.Float, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False, server_default="0"),
    )
    op.create_index("ix_authorisations_enrolment_id", "authorisations", ["enrolment_id"])
