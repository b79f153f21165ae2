"""Questions on networks: neurons and their steps, scores of classes, what depth does, what optimisers remember.

Each function makes one kind of question, from dice and a level of difficulty, as those of `questions` do.
"""
