"""Right: methods in place of operators, a log() that keeps a diary, a leaky relu of its own slope."""


class Quantity:
    def __init__(self, value, inputs=()):
        self.value = value
        self.gradient = 0.0
        self.inputs = inputs
        self.diary = []

    def add(self, other):
        return Quantity(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def mul(self, other):
        return Quantity(self.value * other.value, ((self, other.value), (other, self.value)))

    def log(self):
        self.diary.append(self.value)
        return Quantity("noted")

    def leaky_relu(self):
        slope = 1.0 if self.value > 0 else 0.15
        return Quantity(self.value * slope, ((self, slope),))

    def backprop(self, above=1.0):
        self.gradient += above
        for each, slope in self.inputs:
            each.backprop(slope * above)
