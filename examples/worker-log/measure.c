/* measure: time minibatch gradients on threads of a real machine and print a log of them
 *
 * Each worker thread computes gradients of a small softmax regression on random data, over
 * and over, and prints "worker,seconds" for each. The last `disturbed` workers share their
 * processor with a thread that keeps it busy half of the time, as a neighbour's job would.
 *
 *     cc -O2 -pthread measure.c -o measure -lm && ./measure 4 2 400 > log.csv
 */
#define _GNU_SOURCE
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, FEATURES = 784, CLASSES = 10 };

typedef struct worker {
    int     index, gradients, processor;
    double *seconds;
} worker;

static volatile int finished;

static double
now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void
stay_on(int processor)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/* Gradient of the mean cross entropy on one minibatch, as any worker would compute it. */
static double
gradient(const float *data, const int *label, const float *x, float *g)
{
    double loss = 0;

    for (int i = 0; i < FEATURES * CLASSES; i++) g[i] = 0;
    for (int b = 0; b < BATCH; b++) {
        const float *u = data + b * FEATURES;
        float        p[CLASSES] = { 0 }, sum = 0;
        for (int f = 0; f < FEATURES; f++)
            for (int c = 0; c < CLASSES; c++) p[c] += u[f] * x[f * CLASSES + c];
        for (int c = 0; c < CLASSES; c++) sum += p[c] = expf(p[c]);
        for (int c = 0; c < CLASSES; c++) p[c] /= sum;
        loss -= log((double)p[label[b]]);
        p[label[b]] -= 1;
        for (int f = 0; f < FEATURES; f++)
            for (int c = 0; c < CLASSES; c++) g[f * CLASSES + c] += u[f] * p[c] / BATCH;
    }
    return loss / BATCH;
}

static void *
work(void *argument)
{
    worker *w = argument;
    float  *data = malloc(sizeof *data * BATCH * FEATURES);
    float  *x = calloc(FEATURES * CLASSES, sizeof *x),
          *g = malloc(sizeof *g * FEATURES * CLASSES);
    int      label[BATCH];
    unsigned seed = (unsigned)w->index + 1;

    stay_on(w->processor);
    for (int i = 0; i < BATCH * FEATURES; i++)
        data[i] = (float)rand_r(&seed) / (float)RAND_MAX;
    for (int b = 0; b < BATCH; b++) label[b] = rand_r(&seed) % CLASSES;
    for (int k = 0; k < w->gradients; k++) {
        const double begin = now();
        for (int repeat = 0; repeat < 8; repeat++) gradient(data, label, x, g);
        for (int i = 0; i < FEATURES * CLASSES; i++) x[i] -= 0.01f * g[i];
        w->seconds[k] = now() - begin;
    }
    free(data);
    free(x);
    free(g);
    return NULL;
}

/* Busy and asleep in turn, for random times of some milliseconds. */
static void *
disturb(void *argument)
{
    unsigned seed = 77;

    stay_on(*(int *)argument);
    while (!finished) {
        const double until = now() + 0.002 + 0.006 * rand_r(&seed) / RAND_MAX;
        while (now() < until && !finished) {
        }
        usleep((useconds_t)(2000 + rand_r(&seed) % 6000));
    }
    return NULL;
}

int
main(int argc, char **argv)
{
    const int workers = argc > 1 ? atoi(argv[1]) : 4,
              disturbed = argc > 2 ? atoi(argv[2]) : 2;
    const int gradients = argc > 3 ? atoi(argv[3]) : 400;
    const int processors = (int)sysconf(_SC_NPROCESSORS_ONLN);
    int       shared = processors - 1;
    worker   *w = calloc((size_t)workers, sizeof *w);
    pthread_t noise, thread;

    printf("worker,seconds\n");
    for (int i = 0; i < workers; i++) {
        const int bothered = i >= workers - disturbed;
        w[i] = (worker){ i, gradients, bothered ? shared : 0,
                         calloc((size_t)gradients, sizeof(double)) };
        finished = 0;
        if (bothered) pthread_create(&noise, NULL, disturb, &shared);
        pthread_create(&thread, NULL, work, &w[i]);
        pthread_join(thread, NULL);
        finished = 1;
        if (bothered) pthread_join(noise, NULL);
        for (int k = 0; k < gradients; k++) printf("w%d,%.9f\n", i, w[i].seconds[k]);
        free(w[i].seconds);
    }
    free(w);
    return 0;
}
