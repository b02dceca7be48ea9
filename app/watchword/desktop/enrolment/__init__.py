"""Adding accounts: scanning, pictures, typing, the preview, and linking to a server."""
