# config: the libraries we stand on. `make deps` installs them.

PACKAGES := build-essential pkg-config libgsl-dev libfftw3-dev libsundials-dev libsuitesparse-dev \
            libopenblas-serial-dev liblapacke-dev librandom123-dev libyaml-dev libjansson-dev \
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

# A baseline of the bench of networks.
RIVAL      := $(if $(HAVE_DNNL),dnnl,blas)
RIVAL_LIBS := $(if $(HAVE_DNNL),-ldnnl -lgomp)

# BLAS without threads of its own: no pool starts with the program, and no number depends on how
# many processors there are. The path is written into what is linked, since another BLAS may be
# the system's choice.
BLAS := $(firstword $(wildcard /usr/lib/*/openblas-serial))

DEP_CFLAGS := $(addprefix -isystem ,$(wildcard /usr/include/suitesparse)) $(shell pkg-config --cflags $(MODULES) 2>/dev/null)
MODULE_LIBS := $(shell pkg-config --libs $(MODULES) 2>/dev/null)
DEP_LIBS    = -lsundials_cvode -lsundials_nvecserial -lsundials_sunmatrixsparse \
              -lsundials_sunlinsolklu -lsundials_generic -lklu -llapacke \
              $(if $(BLAS),-L$(BLAS) -Wl$(,)--disable-new-dtags$(,)-rpath$(,)$(BLAS)) \
              -Wl$(,)--push-state$(,)--no-as-needed -llapack -lblas -Wl$(,)--pop-state \
              $(if $(HAVE_ARPACK),-larpack) $(if $(HAVE_ARB),-lflint-arb -lflint) $(MODULE_LIBS)
