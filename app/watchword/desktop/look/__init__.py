"""How everything looks: colours, sizes, icons, own widgets."""
