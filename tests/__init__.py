"""What the product promises, checked."""
