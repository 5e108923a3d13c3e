# What the libraries we stand on need; `make deps` installs them.
DEP_CFLAGS := $(addprefix -isystem ,$(wildcard /usr/include/suitesparse)) $(shell pkg-config --cflags gsl fftw3 openblas lapacke yaml-0.1 jansson zlib 2>/dev/null)
DEP_LIBS    = -lsundials_cvode -lsundials_arkode -lsundials_nvecserial -lsundials_sunmatrixsparse \
              -lsundials_sunlinsolklu -lsundials_generic -lklu -lsleef $(if $(HAVE_ARPACK),-larpack) -llapacke \
              $(shell pkg-config --libs gsl fftw3 openblas yaml-0.1 jansson zlib 2>/dev/null)
HAVE_ARPACK := $(wildcard /usr/include/arpack/arpack.h)
