"""The law, checked case by case and over its whole domain."""
