"""What touches the world: channels, storage, web, command line."""
