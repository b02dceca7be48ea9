"""Changes of the server's key and of devices' keys; login requests are signed when they are sent."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the tables, drop the signatures."""
    op.create_table(
        "key_changes",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("not_before", sa.Float, nullable=False),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sa.Column("sig", sa.LargeBinary, nullable=False),
        sa.Column("sig_new", sa.LargeBinary, nullable=False),
        sa.Column("private_key", sa.LargeBinary),
        sa.Column("announced", sa.Float, nullable=False),
        sa.Column("announced_by", sa.String(128), nullable=False),
    )
    op.create_table(
        "replaced_keys",
        sa.Column("keyid", sa.String(43), primary_key=True),
        sa.Column(
            "device_id",
            sa.String(64),
            sa.ForeignKey("devices.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("public_key", sa.LargeBinary, nullable=False),
        sa.Column("message", sa.LargeBinary, nullable=False),
        sa.Column("replaced", sa.Float, nullable=False),
    )
    op.create_index("ix_replaced_keys_device_id", "replaced_keys", ["device_id"])
    op.drop_column("requests", "sig")
