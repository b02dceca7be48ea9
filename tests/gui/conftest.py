"""Every GUI test runs without a screen and leaves nothing behind: no thread, timer or window."""

from window_fixtures import jobs, nothing_left_behind, others_put_aside, own_home, qapp_cls, theme

__all__ = [
    "jobs",
    "nothing_left_behind",
    "others_put_aside",
    "own_home",
    "qapp_cls",
    "theme",
]
