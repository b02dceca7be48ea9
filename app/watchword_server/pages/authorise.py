"""The consent: a program on the person's computer asks, by way of the browser, to be linked.

The question comes with the address, and a cookie keeps it while the person signs in. Where it
wants to be answered proves nothing, so a question that is not quite right is answered nowhere.
"""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from watchword.protocol.authorisation import Question
from watchword.protocol.errors import MessageRefused
from watchword_server import authorising
from watchword_server.headers import csp
from watchword_server.pages import devices, guard
from watchword_server.pages.cookies import keep_question, keep_session, kept_question
from watchword_server.pages.drawing import go_to, page, texts_of, told
from watchword_server.pages.security import security_page
from watchword_server.pages.step_up import step_up
from watchword_server.site import Site
from watchword_server.texts import N_


async def ask(request: Request) -> Response:
    """Name the device and ask."""
    site: Site = request.app.state.site
    asked = request.url.query
    try:
        question = Question.parse(asked or kept_question(site, request))
    except MessageRefused:
        return _refused(request)
    if asked:
        # On to the same page without it: whoever has to sign in first, or chooses another
        # language, comes back to that.
        response: Response = go_to("/authorise")
        keep_question(site, response, question.to_query())
        return response
    session = await guard.signed_in(request)
    shown = page(
        request,
        "authorise",
        session=session,
        question=question.to_query(),
        device=authorising.device_name(question),
    )
    return _may_lead_back(shown, question)


async def authorise(request: Request) -> Response:
    """Send the browser back with a code, once it is shown who this is."""
    site: Site = request.app.state.site
    form = await guard.form_of(request)
    session = await guard.signed_in(request)
    try:
        question = Question.parse(guard.text_of(form, "question"))
    except MessageRefused:
        return _refused(request)
    texts = texts_of(request)
    name = authorising.device_name(question)
    purpose = texts.text("Before “%(device)s” joins.", device=name)
    stepped = await step_up(request, form, session, purpose)
    if isinstance(stepped, Response):
        return _may_lead_back(stepped, question)
    async with site.database.write(f"user {stepped.user_id}") as connection:
        error = await devices.why_not(site, connection, texts, stepped.user_id)
        code = "" if error else await authorising.begin(site, connection, stepped, question)
    if error:
        return await security_page(request, stepped, status=429, error=error)
    return _back(request, question, code)


async def refuse(request: Request) -> Response:
    """Send the browser back without one."""
    form = await guard.form_of(request)
    await guard.signed_in(request)
    try:
        question = Question.parse(guard.text_of(form, "question"))
    except MessageRefused:
        return _refused(request)
    return _back(request, question)


def _back(request: Request, question: Question, code: str = "") -> Response:
    site: Site = request.app.state.site
    response = RedirectResponse(question.answer(site.settings.origin, code=code), 303)
    keep_session(site, request, response)
    keep_question(site, response, "")
    return response


def _may_lead_back(response: Response, question: Question) -> Response:
    """Let the form of this page lead to the program that asked, and nowhere else."""
    response.headers["Content-Security-Policy"] = csp(question.redirect_uri.rstrip("/"))
    return response


def _refused(request: Request) -> Response:
    site: Site = request.app.state.site
    response = told(
        request,
        N_("Please begin again in Watchword"),
        N_(
            "What brought you here is too old, or was not made by Watchword. Nothing was changed, "
            "and nobody was answered."
        ),
    )
    keep_question(site, response, "")
    return response


ROUTES = [
    Route("/authorise", ask, methods=["GET"]),
    Route("/authorise", authorise, methods=["POST"]),
    Route("/authorise/no", refuse, methods=["POST"]),
]
