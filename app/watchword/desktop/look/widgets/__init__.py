"""The app's own controls: each paints itself in the theme's colours and has a name for screen readers."""
