"""Right: nodes that are ints, a tape of lists."""

import math

val, adj, left, right, dl, dr = [], [], [], [], [], []


def new(x, of_left=-1, of_right=-1, a=0.0, b=0.0):
    val.append(float(x))
    adj.append(0.0)
    left.append(of_left)
    right.append(of_right)
    dl.append(a)
    dr.append(b)
    return len(val) - 1


def add(a, b):
    return new(val[a] + val[b], a, b, 1.0, 1.0)


def sub(a, b):
    return new(val[a] - val[b], a, b, 1.0, -1.0)


def mul(a, b):
    return new(val[a] * val[b], a, b, val[b], val[a])


def sin(a):
    return new(math.sin(val[a]), a, -1, math.cos(val[a]))


def backward(out):
    for i in range(len(adj)):
        adj[i] = 0.0
    adj[out] = 1.0
    for i in range(out, -1, -1):
        if left[i] >= 0:
            adj[left[i]] += dl[i] * adj[i]
        if right[i] >= 0:
            adj[right[i]] += dr[i] * adj[i]


def reset():
    for each in (val, adj, left, right, dl, dr):
        each.clear()
