# config: the libraries we stand on. `make deps` installs them.

PACKAGES := build-essential pkg-config libgsl-dev libfftw3-dev libsundials-dev libsuitesparse-dev \
            libblas-dev liblapack-dev liblapacke-dev librandom123-dev libyaml-dev libjansson-dev \
            libcmocka-dev libarpack2-dev libflint-dev libflint-arb-dev zlib1g-dev gnuplot-nox libopenmpi-dev openmpi-bin \
            python3-numpy python3-pip python3-setuptools python3-wheel python3-jsonschema python3-yaml
MODULES  := gsl fftw3 yaml-0.1 jansson zlib

# Optional parts: a file *_none.c stands in where the library it needs was not found.
HAVE_ARPACK := $(wildcard /usr/include/arpack/arpack.h)
HAVE_ARB    := $(wildcard /usr/include/arb.h)
HAVE_DNNL   := $(wildcard /usr/include/dnnl.h)
HAVE_MPI    := $(wildcard /usr/lib/*/openmpi/include/mpi.h)
absent      := $(if $(HAVE_ARPACK),asgd/problems/hessian_none.c,asgd/problems/hessian_arpack.c) \
               $(if $(HAVE_ARB),roots/prove_none.c,roots/prove_arb.c roots/prove_corrected_arb.c roots/rational_arb.c roots/enclose_arb.c) \
               $(if $(HAVE_MPI),cli/ranks_none.c,cli/ranks_mpi.c)
MPI_CFLAGS  := $(if $(HAVE_MPI),$(addprefix -isystem ,$(patsubst -I%,%,$(shell pkg-config --cflags-only-I ompi-c))))
MPI_LIBS    := $(if $(HAVE_MPI),$(shell pkg-config --libs ompi-c))

# BLAS and LAPACK of the reference: right when several threads call them at once, which OpenBLAS without threads
# of its own is not (its buffers have no lock), and the same numbers on every processor. The paths are
# written into what is linked, since others may be the system's choice.
BLAS := $(wildcard /usr/lib/*/blas /usr/lib/*/lapack)

# A baseline of the bench of networks: the fastest that is here.
FAST_BLAS  := $(firstword $(wildcard /usr/lib/*/openblas-*))
RIVAL      := $(if $(HAVE_DNNL),dnnl,blas)
RIVAL_LIBS := $(if $(HAVE_DNNL),-ldnnl -lgomp,$(foreach d,$(FAST_BLAS),-L$d -Wl$(,)-rpath$(,)$d -l:libopenblas.so.0))

DEP_CFLAGS := $(addprefix -isystem ,$(wildcard /usr/include/suitesparse)) $(shell pkg-config --cflags $(MODULES) 2>/dev/null)
MODULE_LIBS := $(shell pkg-config --libs $(MODULES) 2>/dev/null)
DEP_LIBS    = -lsundials_cvode -lsundials_nvecserial -lsundials_sunmatrixsparse \
              -lsundials_sunlinsolklu -lsundials_generic -lklu -llapacke \
              $(foreach d,$(BLAS),-L$d -Wl$(,)--disable-new-dtags$(,)-rpath$(,)$d) \
              -Wl$(,)--push-state$(,)--no-as-needed -llapack -lblas -Wl$(,)--pop-state \
              $(if $(HAVE_ARPACK),-larpack) $(if $(HAVE_ARB),-lflint-arb -lflint) $(MODULE_LIBS)
