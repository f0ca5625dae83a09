#include "load.h"

#include <stdlib.h>

static double *latencies;
static size_t count, size;

void keep(double latency) {
    if (count == size) latencies = realloc(latencies, (size = size * 2 + 65536) * sizeof *latencies);
    latencies[count++] = latency;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

void sort_latencies(void) { qsort(latencies, count, sizeof *latencies, by_size); }

double quantile(double q) {
    if (!count) return -1;
    size_t at = (size_t)(q * (double)count);
    return latencies[at < count ? at : count - 1] * 1e3;
}
