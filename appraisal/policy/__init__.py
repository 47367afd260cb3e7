"""rules.yaml → a frozen Policy."""
