// NEON with dot products: neon.h, compiled for them.
#pragma once

#include "kernels/nearest/words/neon.h"

#ifndef __ARM_FEATURE_DOTPROD
#error "This level's files need the flags that cmake/cpu_levels.cmake has for it"
#endif
