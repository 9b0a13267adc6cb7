"""Pages and routes: the web chat, the collector's inbox, the JSON API, health."""
