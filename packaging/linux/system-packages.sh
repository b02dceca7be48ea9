#!/bin/sh
# Installs the system libraries that no Python wheel carries, or prints the command that would.
#
#   system-packages.sh run    what the app needs to open its window and read QR codes
#   system-packages.sh test   the same, and what the tests drive it with (X server, browser, ...)
#
# Exit status: 0 when all are there (or this system is not Debian-like: then nothing is
# known and nothing is claimed), 1 when some are missing and could not be installed.
set -eu

run="libglib2.0-0 libgl1 libegl1 libxkbcommon0 libfontconfig1 libdbus-1-3 libxkbcommon-x11-0
libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libzbar0 libpulse0 libva2 libva-drm2 libva-x11-2"
test="xvfb openbox xdotool imagemagick x11-utils xclip dbus at-spi2-core gir1.2-atspi-2.0
python3-gi python3-dbusmock libglib2.0-bin xdg-utils desktop-file-utils appstream chromium chromium-driver fonts-inter fonts-dejavu-core gnome-keyring strace e2fsprogs xfsprogs
dosfstools postgresql dunst trayer"

case "${1:-run}" in
    run) wanted=$run ;;
    test) wanted="$run $test" ;;
    *) echo "usage: $0 run|test" >&2; exit 2 ;;
esac

[ "$(uname -s)" = Linux ] || exit 0

# Debian ships Python without the part that makes virtual environments.
if ! "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null; then
    wanted="python3-venv $wanted"
fi
if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "This is not a Debian-like system: if the app does not start, install what these Debian packages hold:" >&2
    echo "  "$wanted >&2
    exit 0
fi

missing=""
for package in $wanted; do
    # Newer releases rename some of these with a t64 suffix; either will do.
    if ! dpkg-query -W -f '${Status}\n' "$package" "${package}t64" 2>/dev/null | grep -q '^install ok installed$'; then
        missing="$missing $package"
    fi
done
[ -n "$missing" ] || exit 0

command="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "Some system packages are missing. Please run:" >&2
    echo "  sudo $command" >&2
    exit 1
fi
echo "Installing system packages:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if $as_root apt-get update >"$log" 2>&1 && $as_root $command >>"$log" 2>&1; then
    rm -f "$log"
else
    tail -n 20 "$log" >&2
    rm -f "$log"
    echo "The system packages could not be installed. Please run:" >&2
    echo "  sudo apt-get update && sudo $command" >&2
    exit 1
fi
