"""The headers that keep browsers strict: the same with every answer, but for the policy of a page."""


def csp(form_goes_on_to: str = "") -> str:
    """Return the policy of a page; its form may lead on to the origin `form_goes_on_to`, too.

    Browsers hold what a form's answer redirects to against this, as well as where it is sent.
    """
    form_action = f"'self' {form_goes_on_to}".strip()
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
        f"connect-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors 'none'"
    )


STRICT = {
    "Content-Security-Policy": csp(),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": that would make browsers send our own forms with the origin "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
