# Tardigrad: build, test, install. `make help` lists the targets.
# Settings: CC, CFLAGS, LDFLAGS, prefix, libdir, DESTDIR, V=1 (show commands), WERROR=1, SANITIZE=1, SIMD= (plain
# kernels only).

prefix  ?= /usr/local
libdir  ?= $(prefix)/lib
VERSION := $(shell sed -n 's/^.define TG_VERSION "\(.*\)"/\1/p' core/version.h)
CFLAGS  ?= -O2 -g
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wpointer-arith
SIMD    := $(if $(findstring x86_64,$(shell $(CC) -dumpmachine 2> /dev/null || uname -m)),avx2 avx512)
BUILD   := build/$(notdir $(CC))$(if $(SANITIZE),-asan)$(if $(FUZZ),-fuzz)$(if $(WERROR),-werror)$(if $(SIMD),,-plain)
include config.mk

# All processors, unless -j says otherwise.
ifeq ($(filter -j% --jobs%,$(MAKEFLAGS)),)
MAKEFLAGS += -j$(shell nproc 2> /dev/null || echo 1)
endif

,          := ,
hash       := \#
ALL_CFLAGS  = -std=c11 -D_POSIX_C_SOURCE=200809L -ffp-contract=off -fPIC -fno-semantic-interposition -pthread -I. $(WARN) \
              $(if $(WERROR),-Werror) $(DEP_CFLAGS) $(CFLAGS) $(SIMD:%=-DTG_WITH_%) \
              $(if $(SANITIZE)$(FUZZ),-fsanitize=address$(,)undefined -fno-omit-frame-pointer) \
              $(if $(FUZZ),-fno-sanitize-recover=undefined -fsanitize=fuzzer-no-link)
ALL_LIBS    = $(DEP_LIBS) -lm -pthread
Q          := $(if $(V),,@)
say         = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))

library  := $(filter-out $(absent),$(wildcard core/*.c solver/*.c roots/*.c asgd/*/*.c study/*.c))
kernels  := $(filter %_kernel.c,$(library))
isas     := plain $(SIMD)
numbers  := $(filter %_real.c,$(library))
reals    := single double dual
objects  := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(kernels) $(numbers),$(library))) \
            $(foreach i,$(isas),$(kernels:%.c=$(BUILD)/%.$i.o)) \
            $(foreach r,$(reals),$(numbers:%.c=$(BUILD)/%.$r.o))
commands := $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(absent),$(wildcard cli/*.c))) $(BUILD)/cli/embedded.o
# The scripts that are run under the sanitizers, too: those that give its readers what they do not expect. What
# it computes goes through the programs; stops, folders and other programs have no memory of their own.
attacks  := $(patsubst %,validation/unit/t_%.sh,fuzz logs data_command networks_command lda_command live_command)
# Nor those programs that are long sums of what shorter ones run, too.
sums     := $(patsubst %,validation/unit/t_%.c,assigned calibrate choose_trigger classes effects gain_course hitting_exact hitting_sdde jump linear_rule \
              predict_between predict_limit predict_rule predict_same predict_unlike predict_unlike_doubt predict_weighed renewal renewal_time \
              replicas schedule sdde_random simulate stationary trigger tune)
tests    := $(patsubst %.c,$(BUILD)/%,$(filter-out $(if $(SANITIZE),$(sums)),$(wildcard validation/unit/t_*.c)))
scripts  := $(if $(SANITIZE),$(attacks),$(wildcard validation/unit/t_*.sh))
versus   := $(patsubst %.c,$(BUILD)/%,$(wildcard validation/versus/v_*.c))
audit    := $(BUILD)/validation/audit/audit
benches  := $(patsubst %.c,$(BUILD)/%,$(wildcard validation/bench/b_*.c))
fuzzers  := $(patsubst %.c,$(BUILD)/%,$(wildcard validation/fuzz/f_*.c))
embedded := $(wildcard plots/*.gp plots/*.html)
private  := $(shell grep -l '^/\*.*[Pp]rivate\|^ \*.*[Pp]rivate' core/*.h solver/*.h roots/*.h asgd/*/*.h study/*.h)
headers  := tardigrad.h $(filter-out $(private),$(wildcard core/*.h solver/*.h roots/*.h asgd/*/*.h study/*.h))
static   := $(BUILD)/libtardigrad.a
shared   := $(BUILD)/libtardigrad.so
command  := $(BUILD)/tardigrad

.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all
.PHONY: deps all programs demo test unit compiled validate audit mutants page bench figures gallery asan fuzz fuzzers layers symbols format install \
        uninstall dist deb clean help

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*$(hash)$(hash) /  \1\t/p' Makefile | expand -t 14

deps: ## install what the project needs (Debian), or say what is missing
	@sh .ci/deps $(PACKAGES)

all: $(static) $(shared) $(command) ## build the library and the command

demo: deps ## set up, build, run the quickstart study and print where its report is
	$(Q)$(MAKE) --no-print-directory all
	$(command) study examples/quickstart.yaml --out out/quickstart

test: deps ## set up, build, run all tests
	$(Q)$(MAKE) --no-print-directory all unit && $(MAKE) --no-print-directory validate

programs: all $(tests) $(benches) $(versus) $(fuzzers) $(audit) ## build everything that is compiled

unit: $(tests) $(fuzzers) $(command) ## run the unit tests (no set-up)
	$(Q)TARDIGRAD=$(command) MAKE="$(MAKE)" CC='$(CC)' sh validation/run $(tests) $(scripts)

compiled: $(tests) $(fuzzers) ## those of the unit tests that are programs
	$(Q)TARDIGRAD=$(command) MAKE="$(MAKE)" CC='$(CC)' sh validation/run $(tests)

validate: $(versus) $(audit) $(command) ## predictions against simulations, claim by claim
	$(Q)TARDIGRAD=$(command) AUDIT=$(audit) sh validation/run $(versus) $(wildcard validation/versus/v_*.sh)

audit: $(audit) ## 200 random studies, claim by claim, into validation/claims.md
	$(Q)sh validation/audit/run $(audit) 200 > $(BUILD)/audit.rows
	$(Q)$(audit) --table < $(BUILD)/audit.rows > validation/claims.md
	@sed -n '/^| claim/,/^| all/p' validation/claims.md

mutants: ## do the tests see random single changes? SEED (1), COUNT (20) a folder
	$(Q)CC='$(CC)' MAKE="$(MAKE)" sh validation/mutants/run $(or $(SEED),1) $(or $(COUNT),20) $(FOLDERS)

page: $(command) $(filter figures,$(MAKECMDGOALS)) ## the report in a headless browser: layout, dark, print, no request to anywhere
	$(Q)TARDIGRAD=$(command) sh validation/page/run $(BUILD)/page

bench: $(benches) ## speeds, each with its baseline and residual
	$(Q)bad=0; for b in $(benches); do $$b || bad=1; done; exit $$bad

figures: $(command) ## one of every kind of figure, into plots/gallery/index.html
	$(Q)TARDIGRAD=$(command) sh plots/gallery/make out/gallery

asan: ## the unit tests but long sums under the address and undefined-behaviour sanitizers
	$(Q)TG_TEST_PATIENCE=20 $(MAKE) --no-print-directory SANITIZE=1 CFLAGS='-O1 -g' unit

gallery: $(command) ## the studies of examples/gallery, with their claims into validation/gallery.md
	$(Q)TARDIGRAD=$(command) sh examples/gallery/make out/gallery-of-results validation/gallery.md

fuzz: ## fuzz every reader with libFuzzer: RUNS inputs each (1000000), or TIME seconds
	@sh .ci/deps clang libclang-rt-14-dev
	$(Q)$(MAKE) --no-print-directory CC=clang FUZZ=1 CFLAGS='-O1 -g' fuzzers
	$(Q)BUILD=build/clang-fuzz RUNS=$(RUNS) TIME=$(TIME) sh validation/fuzz/run

fuzzers: $(fuzzers)

layers: ## prove who includes whom
	$(Q)sh validation/layers

symbols: $(static) $(shared) ## prove that every exported symbol begins with tg_
	$(Q)sh validation/symbols $(static) $(shared)

format: ## let clang-format decide
	clang-format -i $$(git ls-files '*.c' '*.h')

$(BUILD)/%.o: %.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c $< -o $@

# Plain loops over blocks of paths, over grids and over topics: let the compiler vectorise them.
$(BUILD)/asgd/problems/lda.o $(BUILD)/solver/sdde%.o $(BUILD)/solver/exact%.o $(BUILD)/solver/renewal%.o $(BUILD)/solver/zgrid.o $(BUILD)/validation/bench/%.o: CFLAGS += -O3

$(BUILD)/validation/bench/b_networks.o: CFLAGS += -DRIVAL='"validation/bench/rival_$(RIVAL).h"'
$(BUILD)/validation/bench/b_networks: ALL_LIBS := $(RIVAL_LIBS) $(ALL_LIBS)

# A kernel is compiled once per instruction set (core/isa.h), each copy with its own symbols.
flags_avx2   := -mavx2 -mfma
flags_avx512 := -mavx512f -mavx512dq -mfma
define kernel_rule
$(BUILD)/%_kernel.$1.o: %_kernel.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_CFLAGS) -O3 -fno-math-errno -DTG_ISA=$1 $$(flags_$1) -MMD -MP -c $$< -o $$@
endef
$(foreach i,$(isas),$(eval $(call kernel_rule,$i)))

# Layers are compiled once for each kind of number (asgd/networks/real.h), likewise.
define real_rule
$(BUILD)/%_real.$1.o: %_real.c
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(ALL_CFLAGS) -O3 -fno-math-errno -fno-trapping-math -DTG_REAL=$1 -MMD -MP -c $$< -o $$@
endef
$(foreach r,$(reals),$(eval $(call real_rule,$r)))

$(static): $(objects)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(shared): $(objects)
	$(call say,LD,$@)
	$(Q)$(CC) -shared $(ALL_CFLAGS) $(LDFLAGS) -Wl,-soname,libtardigrad.so.0 $^ -o $@ $(ALL_LIBS)

# Figure scripts and the report template as C strings.
$(BUILD)/cli/embedded.c: $(embedded) Makefile
	@mkdir -p $(@D)
	$(Q)( echo '#include "cli/figures.h"'; echo 'const embedded embedded_files[] = {'; \
	  for f in $(embedded); do \
	    printf '{ "%s",\n' $${f$(hash)$(hash)*/}; \
	    sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/' $$f; echo '},'; \
	  done; echo '{ 0 } };' ) > $@

$(BUILD)/cli/embedded.o: $(BUILD)/cli/embedded.c
	$(Q)$(CC) $(ALL_CFLAGS) -Wno-overlength-strings -MMD -MP -c $< -o $@

# The command alone knows MPI; who uses the library does not get it.
$(BUILD)/cli/ranks_mpi.o: DEP_CFLAGS += $(MPI_CFLAGS)

$(command): $(commands) $(static)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ $(ALL_LIBS) $(MPI_LIBS)

# These see the library's allocations: one makes them fail, one at a time, one counts them.
$(patsubst %,$(BUILD)/validation/unit/%,t_memory t_memory_solver t_promised): wrap := \
  $(patsubst %,-Wl$(,)--wrap=%,malloc calloc realloc aligned_alloc strdup)

$(BUILD)/validation/%: $(BUILD)/validation/%.o $(static)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(wrap) $^ -o $@ -lcmocka $(ALL_LIBS)

# With libFuzzer's main or, to replay the corpus, one of our own.
$(BUILD)/validation/fuzz/f_%: $(BUILD)/validation/fuzz/f_%.o \
    $(if $(FUZZ),,$(BUILD)/validation/fuzz/replay.o) \
    $(patsubst %,$(BUILD)/cli/%.o,arguments) $(static)
	$(call say,LD,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(if $(FUZZ),-fsanitize=fuzzer) $^ -o $@ $(ALL_LIBS)

destination := $(DESTDIR)$(prefix)
libraries   := $(DESTDIR)$(libdir)
lib         := $(patsubst $(prefix)/%,%,$(libdir))
up          := $(shell echo $(lib)/cmake/tardigrad | sed 's|[^/]*|..|g')
pages       := $(destination)/share/man
completions := $(destination)/share/bash-completion/completions
fill         = sed -e 's|@prefix@|$(prefix)|; s|@libdir@|$(libdir)|; s|@lib@|$(lib)|; s|@up@|$(up)|' \
                   -e 's|@version@|$(VERSION)|; s|@libs@|$(ALL_LIBS)|'

install: all ## install library, headers, pkg-config and CMake files, command, man pages, completion
	@install -d $(destination)/bin $(libraries)/pkgconfig $(libraries)/cmake/tardigrad $(pages)/man1 $(pages)/man5 \
	  $(completions) $(destination)/share/tardigrad
	install -m 755 $(command) $(destination)/bin/
	install -m 644 $(static) $(libraries)/
	install -m 755 $(shared) $(libraries)/libtardigrad.so.$(VERSION)
	ln -sf libtardigrad.so.$(VERSION) $(libraries)/libtardigrad.so.0
	ln -sf libtardigrad.so.0 $(libraries)/libtardigrad.so
	@for h in $(headers); do install -D -m 644 $$h $(destination)/include/tardigrad/$$h || exit 1; done
	@$(fill) tardigrad.pc.in > $(libraries)/pkgconfig/tardigrad.pc
	@$(fill) tardigrad.cmake.in > $(libraries)/cmake/tardigrad/tardigradConfig.cmake
	@$(fill) tardigrad-version.cmake.in > $(libraries)/cmake/tardigrad/tardigradConfigVersion.cmake
	@$(command) help man > $(pages)/man1/tardigrad.1
	@$(command) help man study-file > $(pages)/man5/tardigrad-study.5
	@for c in $$($(command) help commands); do \
	  $(command) help man $$c > $(pages)/man1/tardigrad-$$c.1 || exit 1; done
	@$(command) help completion > $(completions)/tardigrad
	@$(command) help schema > $(destination)/share/tardigrad/study.schema.json

uninstall: ## remove what install put there
	rm -rf $(destination)/include/tardigrad $(destination)/share/tardigrad $(libraries)/cmake/tardigrad
	rm -f $(libraries)/libtardigrad.* $(libraries)/pkgconfig/tardigrad.pc $(destination)/bin/tardigrad \
	  $(pages)/man1/tardigrad.1 $(pages)/man1/tardigrad-*.1 $(pages)/man5/tardigrad-study.5 $(completions)/tardigrad

dist: ## source archive of the last commit
	git archive --prefix=tardigrad-$(VERSION)/ -o tardigrad-$(VERSION).tar.gz HEAD

deb: ## Debian packages of the tree as it is, into build/deb, checked by lintian
	@sh .ci/deps $(PACKAGES) debhelper dh-python lintian
	$(Q)sh debian/build

clean: ## remove everything built
	rm -rf build

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
