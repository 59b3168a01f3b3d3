"""What the consolidated report costs: `make bench`. Not part of the test suite."""
