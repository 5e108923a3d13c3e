/* tardigrad: everything in one include. The parts may be included alone, "core/delay.h". */
#ifndef TARDIGRAD_H
#define TARDIGRAD_H

#include "asgd/compare.h"
#include "asgd/trace.h"
#include "core/version.h"
#include "solver/stationary.h"

#endif
