"""The reference server: enrolment, sign-in with approval, and the devices' API."""

__version__ = "0.1.0"
