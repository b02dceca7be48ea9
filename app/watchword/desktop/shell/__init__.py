"""The window and what surrounds it: tray, clipboard, shortcuts."""
