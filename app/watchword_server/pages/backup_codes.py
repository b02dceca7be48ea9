"""New backup codes: drawn, shown once, and given as a file without being kept."""

import re

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from watchword.plain_text import plain_text
from watchword_server import second_factors
from watchword_server.pages import guard
from watchword_server.pages.drawing import page, texts_of, told
from watchword_server.pages.step_up import step_up
from watchword_server.site import Site
from watchword_server.texts import N_

_TEN_CODES = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}(?: [0-9A-Z]{5}-[0-9A-Z]{5}){9}")


async def renew(request: Request) -> Response:
    """Draw ten new codes and show them, this once."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    purpose = texts_of(request).text(
        "Before you make new backup codes. The old ones stop working."
    )
    stepped = await step_up(request, form, await guard.signed_in(request), purpose)
    if isinstance(stepped, Response):
        return stepped
    async with site.database.write(f"user {stepped.user_id}") as connection:
        codes = await second_factors.renew_backup_codes(
            site, connection, stepped.user_id, guard.text_of(form, "generation", 32)
        )
    if codes is None:
        return told(
            request,
            N_("These codes were shown already"),
            N_("They are shown once only. If they are lost, make new ones on the security page."),
            status=409,
            session=stepped,
        )
    return page(request, "backup_codes", session=stepped, codes=codes)


async def as_file(request: Request) -> Response:
    """Give the codes that the page shows back as a file: the server has only their hashes."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    codes = guard.text_of(form, "codes", 200)
    if not _TEN_CODES.fullmatch(codes):
        raise guard.ForeignForm
    texts = texts_of(request)
    title = texts.text(
        "Backup codes of %(user)s at %(service)s",
        user=session.user_name,
        service=plain_text(site.settings.name, limit=128),
    )
    each = texts.text("Each works once, in place of an answer in Watchword.")
    lines = [title, site.origin, "", *codes.split(" "), "", each, ""]
    return PlainTextResponse(
        "\n".join(lines),
        headers={"Content-Disposition": 'attachment; filename="backup-codes.txt"'},
    )


ROUTES = [
    Route("/security/backup-codes", renew, methods=["POST"]),
    Route("/security/backup-codes/file", as_file, methods=["POST"]),
]
