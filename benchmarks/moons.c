/* A training step on the moons as one writes it by hand in C: a network 2-16-16-1 with relu, the mean hinge loss with a
   penalty on the squared parameters, its gradient, and a step of gradient descent. */

#include <stddef.h>

enum { INPUTS = 2, HIDDEN = 16 };
static const double RATE = 0.1, PENALTY = 1e-4;

typedef struct {
    struct { double w[INPUTS], b; } first[HIDDEN];
    struct { double w[HIDDEN], b; } second[HIDDEN];
    struct { double w[HIDDEN], b; } last;
} Network; /* as a list of numbers: for each neuron its weights, then its bias */

enum { PARAMETERS = sizeof(Network) / sizeof(double) };

static double relu(double x) {
    return x < 0.0 ? 0.0 : x;
}

/* The hinge loss of one example; its gradient is added to `g`. */
static double example(const Network *p, const double x[INPUTS], double y, Network *g) {
    double a1[HIDDEN], a2[HIDDEN], score = p->last.b;
    for (int i = 0; i < HIDDEN; i++) {
        double z = p->first[i].b;
        for (int j = 0; j < INPUTS; j++) z += p->first[i].w[j] * x[j];
        a1[i] = relu(z);
    }
    for (int i = 0; i < HIDDEN; i++) {
        double z = p->second[i].b;
        for (int j = 0; j < HIDDEN; j++) z += p->second[i].w[j] * a1[j];
        a2[i] = relu(z);
    }
    for (int i = 0; i < HIDDEN; i++) score += p->last.w[i] * a2[i];

    const double hinge = relu(1.0 - y * score);
    if (hinge == 0.0) return 0.0;

    double d1[HIDDEN] = {0.0}; /* by the outputs of the first layer */
    g->last.b -= y;
    for (int i = 0; i < HIDDEN; i++) {
        g->last.w[i] -= y * a2[i];
        if (a2[i] == 0.0) continue;
        const double d2 = -y * p->last.w[i];
        g->second[i].b += d2;
        for (int j = 0; j < HIDDEN; j++) {
            g->second[i].w[j] += d2 * a1[j];
            d1[j] += d2 * p->second[i].w[j];
        }
    }
    for (int i = 0; i < HIDDEN; i++) {
        if (a1[i] == 0.0) continue;
        g->first[i].b += d1[i];
        for (int j = 0; j < INPUTS; j++) g->first[i].w[j] += d1[i] * x[j];
    }
    return hinge;
}

/* The loss and the parameters moved by one step go to `out`. It is called as the staged program is, and returns 0. */
int step(const double *p, size_t xs_n, const double *xs, size_t ys_n, const double *ys, double *out) {
    if (xs_n != ys_n) return 1;
    Network sum = {0};
    const double *g = (const double *)&sum;
    double hinge = 0.0, squares = 0.0;
    for (size_t k = 0; k < xs_n; k++) hinge += example((const Network *)p, xs + INPUTS * k, ys[k], &sum);
    for (int i = 0; i < PARAMETERS; i++) {
        squares += p[i] * p[i];
        out[1 + i] = p[i] - RATE * (g[i] / xs_n + 2.0 * PENALTY * p[i]);
    }
    out[0] = hinge / xs_n + PENALTY * squares;
    return 0;
}
