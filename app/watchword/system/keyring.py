"""The system's keyring: GNOME's and KDE's over D-Bus, macOS's Keychain, Windows' store of passwords.

Only these: the library we use also knows back-ends that write plain files, keep nothing or
always fail, and plug-ins of other packages; none of them may hold a key of the vault.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from typing import TYPE_CHECKING, Protocol

from watchword.errors import KnownError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE = "Watchword"
_ALLOWED = {
    ("keyring.backends.SecretService", "Keyring"),
    ("keyring.backends.libsecret", "Keyring"),
    ("keyring.backends.kwallet", "DBusKeyring"),
    ("keyring.backends.macOS", "Keyring"),
    ("keyring.backends.Windows", "WinVaultKeyring"),
}


class KeyringRefused(KnownError):
    """There is no keyring that is safe to use, it is locked, or it refused."""


class _Failure(Protocol):
    """What a refusal is turned into: the caller's own error."""

    def __call__(self, title: str, reason: str = "", what_to_do: str = "") -> KnownError: ...


class SystemKeyring:
    """Keeps secrets of 32 bytes under names; satisfies watchword.vault.keyring_slot.Keyring."""

    def __init__(self, failure: _Failure = KeyringRefused) -> None:
        """Look for a keyring when first used. Refusals are raised as `failure`."""
        self._failure = failure
        self._backend: KeyringBackend | None = None

    def available(self) -> bool:
        """Tell whether there is a keyring that may be used."""
        return self._best() is not None

    def kind(self) -> str:
        """Return which of the systems' keyrings it is, in one word; "none" without one."""
        backend = self._best()
        return "none" if backend is None else type(backend).__module__.rpartition(".")[2]

    def store(self, name: str, secret: bytes) -> None:
        """Keep a secret under a name."""
        from keyring.errors import KeyringError

        backend = self._needed()
        try:
            backend.set_password(_SERVICE, name, b64encode(secret).decode("ascii"))
        except (KeyringError, OSError) as error:
            raise self._refused(error) from None

    def fetch(self, name: str) -> bytes | None:
        """Return the secret of a name, None when there is none."""
        from keyring.errors import KeyringError

        backend = self._needed()
        try:
            found = backend.get_password(_SERVICE, name)
        except (KeyringError, OSError) as error:
            raise self._refused(error) from None
        try:
            return b64decode(found, validate=True) if found else None
        except (NotBase64, ValueError):
            return None

    def forget(self, name: str) -> None:
        """Remove a secret; one that is not there is no error."""
        from keyring.errors import KeyringError, PasswordDeleteError

        backend = self._needed()
        try:
            backend.delete_password(_SERVICE, name)
        except PasswordDeleteError:
            return
        except (KeyringError, OSError) as error:
            raise self._refused(error) from None

    def _best(self) -> "KeyringBackend | None":
        from keyring import backend

        if self._backend is None:
            found = [each for each in backend.get_all_keyring() if is_allowed(each)]
            self._backend = max(found, key=lambda each: each.priority, default=None)
        return self._backend

    def _needed(self) -> "KeyringBackend":
        found = self._best()
        if found is None:
            raise self._failure(
                "This computer has no keyring that can be used", "", "Use the password"
            )
        return found

    def _refused(self, error: Exception) -> KnownError:
        return self._failure(
            "The keyring refused", type(error).__name__, "Unlock it, or use the password"
        )


def is_allowed(backend: object) -> bool:
    """Tell whether a back-end is one of the systems' own."""
    return (type(backend).__module__, type(backend).__name__) in _ALLOWED
