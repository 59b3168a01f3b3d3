"""What pages cost over HTTP: `make bench ARGS=http`."""
