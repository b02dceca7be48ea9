"""One file for each kind of server that can ask: enrol, poll, answer."""
