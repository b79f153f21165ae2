"""A recorded program, written down in a language.

The languages are `python`, `c` and `javascript`, `latex`, and `arrays` for NumPy, JAX and PyTorch; what they share is
`writing/`. Way in: `python.py`.
"""
