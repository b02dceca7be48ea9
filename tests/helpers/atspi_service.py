"""Reads and works another program's controls through the accessibility bus, as a screen reader would.

Run by the system's Python (which has gi): one JSON command a line on stdin, one JSON answer a
line on stdout. Elements are found by role and name; nothing here knows Watchword's code.

    {"do": "tree"}                                  every showing element: role, name, states
    {"do": "find", "role": "push button", "name": "Unlock"}
    {"do": "press", "role": …, "name": …}           the element's first action
    {"do": "focus" | "type" | "text" | "gone" | "centre" …}

Every command may carry "window" (the frame's name) and "within" seconds to wait for it.
"""

import json
import re
import sys
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

Atspi.init()


def children(node):
    try:
        count = node.get_child_count()
    except GLib.GError:
        return
    for index in range(min(count, 400)):
        try:
            child = node.get_child_at_index(index)
        except GLib.GError:
            continue
        if child is not None:
            yield child


def showing(node):
    states = node.get_state_set()
    return states.contains(Atspi.StateType.SHOWING) and states.contains(Atspi.StateType.VISIBLE)


def walk(node, depth=0):
    if depth > 40:
        return
    try:
        role = node.get_role_name()
        # An application has no SHOWING state of its own; what hides does not hold what shows.
        if role not in {"application", "desktop frame"} and not showing(node):
            return
    except GLib.GError:
        return
    yield node, depth
    for child in children(node):
        yield from walk(child, depth + 1)


def describe(node, depth=0):
    states = node.get_state_set()
    wanted = {
        "focused": Atspi.StateType.FOCUSED,
        "enabled": Atspi.StateType.ENABLED,
        "sensitive": Atspi.StateType.SENSITIVE,
        "selected": Atspi.StateType.SELECTED,
        "checked": Atspi.StateType.CHECKED,
        "focusable": Atspi.StateType.FOCUSABLE,
    }
    return {
        "role": node.get_role_name(),
        "name": node.get_name() or "",
        "description": node.get_description() or "",
        "depth": depth,
        **{name: states.contains(state) for name, state in wanted.items()},
    }


def matches(node, command):
    role, name, part = command.get("role"), command.get("name"), command.get("contains")
    own = node.get_name() or ""
    return (
        (role is None or node.get_role_name() in ([role] if isinstance(role, str) else role))
        and (name is None or own == name)
        and (part is None or part in own)
        and (command.get("pattern") is None or re.fullmatch(command["pattern"], own))
    )


def search(command):
    desktop = Atspi.get_desktop(0)
    for application in children(desktop):
        if command.get("application") and application.get_name() != command["application"]:
            continue
        for node, _ in walk(application):
            try:
                if matches(node, command):
                    return node
            except GLib.GError:
                continue
    return None


def wait_for(command, wanted=True):
    end = time.monotonic() + float(command.get("within", 10))
    while True:
        node = search(command)
        if (node is not None) == wanted:
            return node
        if time.monotonic() > end:
            raise LookupError(f"{'not there' if wanted else 'still there'}: {command}")
        time.sleep(0.05)


def text_of(node):
    if "Text" in node.get_interfaces():
        return Atspi.Text.get_text(node, 0, -1)
    return node.get_name() or ""


def tree(command):
    found = []
    for application in children(Atspi.get_desktop(0)):
        if command.get("application") and application.get_name() != command["application"]:
            continue
        found += [describe(node, depth) for node, depth in walk(application)]
    return found


def read(what, command):
    """Return what `what(command)` reads; anew where an element went while it was being read.

    Reading is many questions, one after the other, and a page may close between two of them.
    """
    end = time.monotonic() + float(command.get("within", 10))
    while True:
        try:
            return what(command)
        except GLib.GError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def carry_out(command):
    what = command["do"]
    if what == "tree":
        return read(tree, command)
    if what == "gone":
        wait_for(command, wanted=False)
        return True
    if what == "find":
        return read(lambda asked: describe(wait_for(asked)), command)
    if what == "text":
        return read(lambda asked: text_of(wait_for(asked)), command)
    node = wait_for(command)
    if what == "press":
        return bool(node.do_action(int(command.get("action", 0))))
    if what == "focus":
        return bool(node.grab_focus())
    if what == "type":
        return bool(node.set_text_contents(command["text"]))
    if what == "centre":
        box = node.get_extents(Atspi.CoordType.SCREEN)
        return [box.x + box.width // 2, box.y + box.height // 2, box.width, box.height]
    raise ValueError(f"unknown command: {what}")


def main():
    for line in sys.stdin:
        try:
            answer = {"ok": carry_out(json.loads(line))}
        except (LookupError, ValueError, GLib.GError) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
