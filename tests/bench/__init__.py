"""What things cost: `make bench`. Not part of the test suite."""
