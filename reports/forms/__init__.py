"""What people type. Forms validate; the actions of `reports` store."""
