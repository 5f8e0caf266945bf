"""The rules of quantification: formulas, exact integers, checks; standard library only."""
