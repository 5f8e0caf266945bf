"""The rules of the books: accounts, kinds of transfers, lots, wallets. Standard library only."""
