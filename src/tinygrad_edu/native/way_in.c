/* The way into a program from Python, by CPython's own interface: what all programs share. `way_in.py` adds the rest.

   Arguments that have the structure of the program are unpacked, everything else is left to the function in Python,
   the first item of `self`. The others are types and objects that are compared with and called. */

#ifndef NDEBUG
#define NDEBUG /* Python's own assertions, which would name the folder that this is built in */
#endif
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdarg.h>
#include <string.h>

enum { OTHERWISE, NDARRAY, EMPTY, ARRAY, FIRST_COUNT };  /* what stands where in `self` */

typedef struct {
    Py_buffer views[8];
    int count;
} Held;  /* the buffers that are read where they are, until the call is over */

static void release(Held *held) {
    while (held->count > 0) PyBuffer_Release(&held->views[--held->count]);
}

/* A float, or an int that a float holds. */
static inline int is_number(PyObject *x, double *to) {
    if (PyFloat_CheckExact(x)) {
        *to = PyFloat_AS_DOUBLE(x);
        return 1;
    }
    if (PyLong_CheckExact(x)) {
        int overflow;
        const long long whole = PyLong_AsLongLongAndOverflow(x, &overflow);
        *to = (double)whole;
        return !overflow && -(1LL << 53) <= whole && whole <= 1LL << 53;
    }
    return 0;
}

/* The numbers of a buffer of float64 without gaps: `rows` of `size` each, in one dimension if `size` is 0. */
static int is_buffer(PyObject *x, Py_ssize_t size, Held *held, Py_ssize_t *rows, const double **at) {
    Py_buffer *view = &held->views[held->count];
    if (!PyObject_CheckBuffer(x)) return 0;
    if (PyObject_GetBuffer(x, view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS)) {
        PyErr_Clear();
        return 0;
    }
    held->count++;
    if (strcmp(view->format, "d") || view->ndim != (size ? 2 : 1) || (size && view->shape[1] != size)) return 0;
    *rows = view->shape[0];
    *at = view->buf;
    return *rows > 0;
}

/* So many numbers: a list or a tuple of them, copied to `room`, or a buffer of the type that stands at a place. */
static int is_array(PyObject *x, PyTypeObject *kind, PyObject *self, int place, Py_ssize_t n, double *room, Held *held,
                    const double **at) {
    Py_ssize_t count;
    if (Py_TYPE(x) == kind) {
        PyObject **items = PySequence_Fast_ITEMS(x);
        if (PySequence_Fast_GET_SIZE(x) != n) return 0;
        for (Py_ssize_t i = 0; i < n; i++)
            if (!is_number(items[i], room + i)) return 0;
        *at = room;
        return 1;
    }
    return (PyObject *)Py_TYPE(x) == PyTuple_GET_ITEM(self, place) && is_buffer(x, 0, held, &count, at) && count == n;
}

static PyObject *list_of(const double *x, Py_ssize_t n) {
    PyObject *list = PyList_New(n);
    for (Py_ssize_t i = 0; list && i < n; i++) {
        PyObject *number = PyFloat_FromDouble(x[i]);
        if (number) PyList_SET_ITEM(list, i, number);
        else Py_CLEAR(list);
    }
    return list;
}

static PyObject *array_of(PyObject *self, int count, const double *x, Py_ssize_t n) {
    PyObject *array = PyObject_CallOneArg(PyTuple_GET_ITEM(self, EMPTY), PyTuple_GET_ITEM(self, count));
    Py_buffer view;
    if (array && PyObject_GetBuffer(array, &view, PyBUF_WRITABLE | PyBUF_C_CONTIGUOUS)) Py_CLEAR(array);
    if (array) {
        memcpy(view.buf, x, n * sizeof(double));
        PyBuffer_Release(&view);
    }
    return array;
}

/* A tuple of these objects, which are its own from now on; NULL if one of them is. */
static PyObject *tuple_of(int n, ...) {
    PyObject *tuple = PyTuple_New(n);
    va_list items;
    int failed = tuple == NULL;
    va_start(items, n);
    for (int i = 0; i < n; i++) {
        PyObject *item = va_arg(items, PyObject *);
        failed |= item == NULL;
        if (tuple) PyTuple_SET_ITEM(tuple, i, item);
        else Py_XDECREF(item);
    }
    va_end(items);
    if (failed) Py_CLEAR(tuple);
    return tuple;
}

static PyObject *call(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names);

static PyMethodDef definition = {"staged", (PyCFunction)(void (*)(void))call, METH_FASTCALL | METH_KEYWORDS, NULL};

/* The function to call, made of a tuple with what stands in `self`. */
PyObject *way_in(PyObject *self) {
    return PyCFunction_NewEx(&definition, self, NULL);
}
