"""The law of voluntary social insurance: pure, dated, cited."""
