"""Which link waits where several came before one could be shown: there is one place."""

from watchword.protocol.request_link import is_request_link


def gives_way(waiting: str, text: str) -> bool:
    """Whether the link that waits ("": none) is given up for `text`.

    Any page of the web can open a link to a login request, and the request is in the list anyway:
    it never takes the place of an account that was to be added.
    """
    return not waiting or is_request_link(waiting) or not is_request_link(text)
