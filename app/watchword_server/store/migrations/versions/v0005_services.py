"""Other services that ask for people's approval, and what logins and events say of them."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def _of(table: str, name: str, *, primary_key: bool = False) -> sa.Column[str]:
    key = sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
    return sa.Column(name, sa.String(64), key, nullable=False, primary_key=primary_key)


def upgrade() -> None:
    """Add the tables and the columns."""
    op.create_table(
        "services",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("name_key", sa.String(256), nullable=False, unique=True),
        sa.Column("home", sa.String(300), nullable=False, server_default=""),
        sa.Column("disabled", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("created", sa.Float, nullable=False),
    )
    op.create_table(
        "service_keys",
        sa.Column("id", sa.String(64), primary_key=True),
        _of("services", "service_id"),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("scopes", sa.String(64), nullable=False),
        sa.Column("created", sa.Float, nullable=False),
    )
    op.create_index("ix_service_keys_service_id", "service_keys", ["service_id"])
    op.create_table(
        "allowed_services",
        _of("services", "service_id", primary_key=True),
        _of("users", "user_id", primary_key=True),
        sa.Column("scopes", sa.String(64), nullable=False),
        sa.Column("allowed_at", sa.Float, nullable=False),
    )
    op.create_index("ix_allowed_services_user_id", "allowed_services", ["user_id"])
    op.add_column("logins", sa.Column("service_id", sa.String(64)))
    op.add_column(
        "logins", sa.Column("service", sa.String(128), nullable=False, server_default="")
    )
    op.add_column("logins", sa.Column("attempt", sa.String(64)))
    op.create_index("logins_of_attempt", "logins", ["service_id", "attempt"], unique=True)
    op.add_column(
        "events", sa.Column("service", sa.String(128), nullable=False, server_default="")
    )
