/* A training step of a network with one hidden layer as one writes it by hand in C: relu, cross-entropy, gradient
   descent. Sizes come from the compiler's command: -DINPUTS=64 -DHIDDEN=32 -DCLASSES=10. With -DTURNED, neurons are
   computed side by side instead of one after the other, from copies of the weights in the order of reading, and for
   neurons that are off nothing is added. */

#include <math.h>
#include <stddef.h>

typedef struct {
    struct { double w[INPUTS], b; } first[HIDDEN];
    struct { double w[HIDDEN], b; } second[CLASSES];
} Network; /* as a list of numbers: for each neuron its weights, then its bias */

enum { PARAMETERS = sizeof(Network) / sizeof(double) };

static __thread Network gradient;
static __thread double w1[INPUTS][HIDDEN], w2[HIDDEN][CLASSES];

static void forward(const Network *p, const double *x, double *a, double *z) {
#ifdef TURNED
    for (int i = 0; i < HIDDEN; i++) a[i] = p->first[i].b;
    for (int j = 0; j < INPUTS; j++)
        for (int i = 0; i < HIDDEN; i++) a[i] += w1[j][i] * x[j];
    for (int i = 0; i < HIDDEN; i++) a[i] = a[i] < 0.0 ? 0.0 : a[i];
    for (int k = 0; k < CLASSES; k++) z[k] = p->second[k].b;
    for (int i = 0; i < HIDDEN; i++)
        for (int k = 0; k < CLASSES; k++) z[k] += w2[i][k] * a[i];
#else
    for (int i = 0; i < HIDDEN; i++) {
        double sum = p->first[i].b;
        for (int j = 0; j < INPUTS; j++) sum += p->first[i].w[j] * x[j];
        a[i] = sum < 0.0 ? 0.0 : sum;
    }
    for (int k = 0; k < CLASSES; k++) {
        z[k] = p->second[k].b;
        for (int i = 0; i < HIDDEN; i++) z[k] += p->second[k].w[i] * a[i];
    }
#endif
}

/* The loss of one example; its gradient is added to `g`. */
static double example(const Network *p, const double *x, int y, Network *g) {
    double a[HIDDEN], z[CLASSES], da[HIDDEN] = {0.0}, top = -INFINITY, total = 0.0;
    forward(p, x, a, z);
    for (int k = 0; k < CLASSES; k++) top = z[k] > top ? z[k] : top;
    const double right = z[y] - top;
    for (int k = 0; k < CLASSES; k++) total += z[k] = exp(z[k] - top);
    for (int k = 0; k < CLASSES; k++) {
        const double d = z[k] / total - (k == y);
        g->second[k].b += d;
        for (int i = 0; i < HIDDEN; i++) g->second[k].w[i] += d * a[i];
        for (int i = 0; i < HIDDEN; i++) da[i] += d * p->second[k].w[i];
    }
    for (int i = 0; i < HIDDEN; i++) {
        const double d = a[i] > 0.0 ? da[i] : 0.0;
#ifdef TURNED
        if (d == 0.0) continue;
#endif
        g->first[i].b += d;
        for (int j = 0; j < INPUTS; j++) g->first[i].w[j] += d * x[j];
    }
    return log(total) - right;
}

/* The loss, its gradient and the moved parameters go to `out`. It is called as the staged program is, and returns 0. */
int step(const double *p, double lr, size_t xs_n, const double *xs, size_t ys_n, const double *ys, double *out) {
    const Network *network = (const Network *)p;
    double *g = (double *)&gradient, loss = 0.0;
    for (int i = 0; i < PARAMETERS; i++) g[i] = 0.0;
#ifdef TURNED
    for (int j = 0; j < INPUTS; j++)
        for (int i = 0; i < HIDDEN; i++) w1[j][i] = network->first[i].w[j];
    for (int i = 0; i < HIDDEN; i++)
        for (int k = 0; k < CLASSES; k++) w2[i][k] = network->second[k].w[i];
#endif
    for (size_t n = 0; n < xs_n && n < ys_n; n++)
        loss += example(network, xs + INPUTS * n, (int)ys[n], &gradient);
    out[0] = loss / (double)xs_n;
    for (int i = 0; i < PARAMETERS; i++) {
        out[1 + i] = g[i] / (double)xs_n;
        out[1 + PARAMETERS + i] = p[i] - lr * out[1 + i];
    }
    return 0;
}
