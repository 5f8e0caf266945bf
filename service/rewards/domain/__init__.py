"""The rules of offers, vouchers and tills. Standard library only."""
