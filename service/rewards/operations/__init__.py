"""What rewards can do for those who ask from outside; each is one transaction."""
