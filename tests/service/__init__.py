"""The whole product, started, killed and started again."""
