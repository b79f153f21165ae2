"""A recorded program, written down in a language.

`liveness` finds the lines that are needed, `names` names them, and `writer` decides which stand inside others and in
which block. The others are the languages: `python`, `c` and `javascript` (which share `braces`), `latex`, and `arrays`
for NumPy, JAX and PyTorch. Way in: `writer.py`, then `python.py`.
"""
