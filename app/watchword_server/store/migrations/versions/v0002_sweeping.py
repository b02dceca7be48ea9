"""Sweeping finds old rows by an index; the schema's number is Alembic's to keep."""

from alembic import op

revision = "0002"
down_revision = "0001"

SWEPT = (("sessions", "expires"), ("logins", "created"), ("events", "at"), ("attempts", "at"))


def upgrade() -> None:
    """Add the indexes, drop the number."""
    for table, column in SWEPT:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.drop_column("server", "schema")
