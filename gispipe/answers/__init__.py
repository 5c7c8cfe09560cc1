"""What is at a place and what it means: answers worked out once from the store at full precision, and read in milliseconds."""
