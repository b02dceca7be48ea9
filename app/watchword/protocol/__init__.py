"""The native wire, shared with the server: messages, signatures, versions. Pure."""
