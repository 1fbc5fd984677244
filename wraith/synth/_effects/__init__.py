"""What requests do to what is stored, beside what their answers say."""
