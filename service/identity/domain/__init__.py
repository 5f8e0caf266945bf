"""The rules of identity: limits, codes, consent. Standard library only."""
