/* dde_mesh_machine: collocation on a mesh in the middle of a run. Private to solver/. */
#ifndef TG_SOLVER_DDE_MESH_MACHINE_H
#define TG_SOLVER_DDE_MESH_MACHINE_H

#include "solver/dde_mesh.h"
#include "solver/gauss.h"

/* Vectors of (n, s) hold component i of stage j at [i s + j]. */
typedef struct tg_dde_mesh_machine {
    const tg_dde_mesh *eq;
    tg_gauss           gauss;
    size_t             n, s, m; /* components, stages, delays */
    size_t             length;  /* steps to the longest delay */
    size_t            *back;    /* (m) steps to each delay */
    double             h;
    double            *J;         /* (n, n) L, or f's Jacobian at some step before */
    double            *P, *K;     /* (n, n s), (n s, n s) by columns: dde_mesh_step.c */
    double            *inverse;   /* (n s, n s) */
    double            *ring;      /* (length, n, s) stages of the steps before */
    size_t             now;       /* the ring's row of this step */
    double            *x;         /* (n) at the begin of the step */
    double            *past;      /* (m, n, s) */
    double            *Y, *G, *F; /* (n, s) stages, f - J x, slopes */
    double            *before;    /* (n, s) the last Y */
    double            *probe;     /* (m + 2, n, n + 1) for the Jacobian */
    double            *out;       /* (rows, n) */
    int                pivot[TG_GAUSS_MAX * TG_DDE_MESH_DIM];
    int                stale; /* J is to be made again */
    size_t             lost;  /* 1 + the component whose slope was not finite */
} tg_dde_mesh_machine;

/* P and K from J. Errors: TG_EDOMAIN M is singular. */
TG_CHECKED tg_status tg_dde_mesh_prepare(tg_dde_mesh_machine *c);

/* Stages and slopes of step k; the stages go into the ring. */
TG_CHECKED tg_status tg_dde_mesh_step(tg_dde_mesh_machine *c, size_t k);

#endif
