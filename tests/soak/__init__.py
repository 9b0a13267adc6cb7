"""Two thousand people talk at once while processes die: `make soak` runs it and prints what came of it."""
