"""What people see: sign-in, waiting, account, security."""
