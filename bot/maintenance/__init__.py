"""Scripts that rebuild data files from their sources; run by hand, once a source changes."""
