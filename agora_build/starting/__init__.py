"""What a city begins with: its folder, and each new file of it."""
