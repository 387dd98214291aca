#pragma once

#include <cstddef>
#include <vector>

#include "ad/run.h"
#include "ad/status.h"
#include "kernels/nearest/centred_bank.h"
#include "kernels/nearest/kernels.h"

namespace ad::nearest {

/// What a bank's head should be made of. Only speed depends on it.
struct HeadPlan {
  /// 0: no head pays.
  std::size_t axes = 0;
  /// The first `axes` rows of bank.cols floats are the head's, orthonormal.
  std::vector<float> basis;
  /// See HeadMap.
  double shortest_tail = 0;
};

/// Finds a sample's principal axes and counts, for rows held out of the sample, how many rows heads of
/// several sizes leave to be measured; picks the size with the least total work.
Status plan_head(const NearestKernels& kernels, const CentredBank& bank, HeadPlan& plan, const Run& run);

}  // namespace ad::nearest
