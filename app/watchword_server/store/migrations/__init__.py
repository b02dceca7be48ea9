"""How older databases become today's: one file in versions/ for each change of tables.py."""
