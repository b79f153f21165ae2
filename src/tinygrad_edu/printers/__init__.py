"""A recorded program, written down in a language.

`names` names the lines, and `writer` decides which stand inside others and in which block. The others are the
languages: `python`, `c` and `javascript` (which share `braces`), `latex`, and `arrays` for NumPy, JAX and PyTorch.
Way in: `writer.py`, then `python.py`.
"""
