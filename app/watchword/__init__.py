"""Watchword, a desktop authenticator: codes offline, login requests answered."""

__version__ = "0.1.0"
