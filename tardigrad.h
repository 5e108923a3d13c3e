/* tardigrad: everything in one include. The parts may be included alone, "core/delay.h". */
#ifndef TARDIGRAD_H
#define TARDIGRAD_H

#include "asgd/compare.h"
#include "asgd/trace.h"
#include "core/version.h"
#include "solver/coupled.h"
#include "solver/dde.h"
#include "solver/dde_mesh.h"
#include "solver/dde_stiff.h"
#include "solver/ensemble.h"
#include "solver/exact.h"
#include "solver/hitting.h"
#include "solver/jump.h"
#include "solver/lattice.h"
#include "solver/mode.h"
#include "solver/moments.h"
#include "solver/observe.h"
#include "solver/past.h"
#include "solver/phase.h"
#include "solver/sdde.h"
#include "solver/sketch.h"
#include "solver/stationary.h"
#include "solver/survival.h"

#endif
