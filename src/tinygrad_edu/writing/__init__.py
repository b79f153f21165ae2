"""What the printers of all languages share.

`names` names the lines of a program, and `writer` decides which stand inside others and in which block. `braces` is
what C and JavaScript have in common; `expressions` and `nested` write loops that were found again. Way in: `writer.py`.
"""
