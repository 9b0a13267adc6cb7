"""What is kept, and how: the same promises on both databases."""
