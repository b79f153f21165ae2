"""Python for reading: a program with its loops found again, each layer a comprehension with a textbook's name.

`dimensions` gives arrays their rows and columns again, `comprehensions` writes the function. Way in:
`comprehensions.py`, which `jit(f).to("python", loops=True)` calls.
"""
