"""The hand-off to the browser on the same computer, and the key that asks while a vault is locked."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns and the table; logins that are open already go on without a hand-off."""
    op.add_column("logins", sa.Column("handoff", sa.LargeBinary))
    op.add_column("logins", sa.Column("ticket", sa.LargeBinary))
    op.create_index("ix_logins_ticket", "logins", ["ticket"])
    op.create_table(
        "hint_keys",
        sa.Column(
            "device_id",
            sa.String(64),
            sa.ForeignKey("devices.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("keyid", sa.String(43), nullable=False, unique=True),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
    )
