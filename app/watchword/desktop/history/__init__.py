"""What was answered to login requests: the list by days, and one answer in detail."""
