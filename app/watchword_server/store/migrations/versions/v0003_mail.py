"""Mail about changes, links to a new password, alarms that were seen, where sessions are."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("users", sa.Column("mail", sa.String(254)))
    op.add_column("users", sa.Column("language", sa.String(8)))
    for name, length in (("ip", 64), ("user_agent", 128)):
        op.add_column(
            "sessions", sa.Column(name, sa.String(length), nullable=False, server_default="")
        )
    op.add_column("events", sa.Column("seen_at", sa.Float))
    op.add_column("events", sa.Column("mail_due", sa.Float))
    op.create_index("ix_events_mail_due", "events", ["mail_due"])
    op.create_table(
        "resets",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column(
            "user_id",
            sa.String(64),
            sa.ForeignKey("users.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("expires", sa.Float, nullable=False),
    )
    op.create_index("ix_resets_user_id", "resets", ["user_id"])
