# Tardigrad: build, test, install. `make help` lists the targets.
# Settings: CC, CFLAGS, prefix, DESTDIR, V=1 (show commands), WERROR=1, SANITIZE=1, TARDIGRAD_DATA.

prefix  ?= /usr/local
VERSION := $(shell sed -n 's/^.define TG_VERSION "\(.*\)"/\1/p' core/version.h)

PACKAGES := build-essential pkg-config libgsl-dev libfftw3-dev libsundials-dev libsuitesparse-dev \
            libopenblas-dev liblapacke-dev librandom123-dev libsleef-dev libyaml-dev libjansson-dev \
            libcmocka-dev libarpack2-dev libflint-dev libflint-arb-dev zlib1g-dev gnuplot-nox
MODULES  := gsl fftw3 openblas lapacke yaml-0.1 jansson zlib

CFLAGS   ?= -O2 -g
WARN     := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith
BUILD    := build/$(notdir $(CC))$(if $(SANITIZE),-asan)$(if $(WERROR),-werror)
include config.mk
ALL_CFLAGS = -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -fPIC -pthread -I. $(WARN) $(if $(WERROR),-Werror) \
             $(if $(SANITIZE),-fsanitize=address$(,)undefined -fno-omit-frame-pointer) $(CFLAGS) $(DEP_CFLAGS)
ALL_LIBS   = $(DEP_LIBS) -lm -pthread
,         := ,
Q         := $(if $(V),,@)
say        = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))

# Optional parts: a file *_none.c stands in where the library it needs was not found.
absent  := $(if $(HAVE_ARPACK),asgd/hessian_none.c,asgd/hessian_arpack.c)
library := $(filter-out $(absent),$(wildcard core/*.c solver/*.c roots/*.c asgd/*.c))
kernels := $(filter %_kernel.c,$(library))
isas    := plain $(if $(findstring x86_64,$(shell $(CC) -dumpmachine)),avx2 avx512)
objects := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(kernels),$(library))) \
           $(foreach i,$(isas),$(kernels:%.c=$(BUILD)/%.$i.o))
tests   := $(patsubst %.c,$(BUILD)/%,$(wildcard validation/unit/t_*.c))
benches := $(patsubst %.c,$(BUILD)/%,$(wildcard validation/bench/b_*.c))
static  := $(BUILD)/libtardigrad.a

.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
.PHONY: deps all demo test unit validate bench figures asan layers symbols format install uninstall dist clean help

# Keep each test's own object so that an edit rebuilds one program, not all of them.
.SECONDARY:

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## /  \1\t/p' Makefile | expand -t 14

all: $(static) $(if $(wildcard cli/*.c),$(BUILD)/tardigrad) ## build the library and the command

$(BUILD)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# A kernel is compiled once per instruction set (core/isa.h), each copy with its own symbols.
flags_avx2   := -mavx2
flags_avx512 := -mavx512f -mavx512dq
define kernel_rule
$(BUILD)/%_kernel.$1.o: %_kernel.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_CFLAGS) -O3 -fno-math-errno -DTG_ISA=$1 $$(flags_$1) -MMD -MP -c $$< -o $$@
endef
$(foreach i,$(isas),$(eval $(call kernel_rule,$i)))

$(static): $(objects)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/validation/%: $(BUILD)/validation/%.o $(static)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $^ -o $@ -lcmocka $(ALL_LIBS)

unit: $(tests) ## run the unit tests (no set-up)
	@for t in $(tests); do $$t || exit 1; done

clean: ## remove everything built
	rm -rf build out

-include $(shell find build -name '*.d' 2>/dev/null)
