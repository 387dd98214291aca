// NEON with dot products: neon.h, with another product. Compilers may define __ARM_FEATURE_DOTPROD for all
// files.
#pragma once

#define AD_NEON_DOT_PRODUCTS
#include "kernels/nearest/words/neon.h"
