"""The native wire, shared by app and server: messages, signatures, links. Written in docs/protocol.md."""
