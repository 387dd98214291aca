// Stands in for the toolkit's header where this folder comes first on the include path: g++ then compiles a
// .cu file unchanged, and runtime/ executes it on the CPU. ../README.md says what a kernel has to keep to.
#pragma once

#include <assert.h>
#include <math.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "simt/atomics.h"
#include "simt/barriers.h"
#include "simt/device.h"
#include "simt/errors.h"
#include "simt/intrinsics.h"
#include "simt/launch.h"
#include "simt/memory.h"
#include "simt/streams.h"
#include "simt/vectors.h"
#include "simt/warp.h"
#include "simt/words.h"
