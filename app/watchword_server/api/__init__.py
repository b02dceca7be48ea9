"""What devices call: the native protocol over HTTP."""
