"""The network as spreadsheets: read with every problem named by its cell, written without formulas."""
