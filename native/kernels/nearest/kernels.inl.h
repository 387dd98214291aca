// A level's table: include after words/<level>.h.
#pragma once

#include "kernels/nearest/byte_rows.inl.h"
#include "kernels/nearest/dense.inl.h"
#include "kernels/nearest/head.inl.h"

namespace ad {
namespace AD_LEVEL {
namespace {

/// Tiles of queries x registers, for the dense scan and for the head.
template <std::size_t kDenseQueries, std::size_t kDenseRegisters, std::size_t kHeadQueries,
          std::size_t kHeadRegisters>
constexpr NearestKernels nearest_kernels() {
  static_assert(kClusterRows % (kHeadRegisters * Words::kWidth) == 0, "a cluster is whole panels");
  return {subtract,
          dot,
          add_scaled,
          {kDenseQueries, kDenseRegisters * F32::kWidth},
          dense_tile<kDenseQueries, kDenseRegisters>,
          Words::kGrid,
          {kHeadQueries, kHeadRegisters * Words::kWidth},
          head_tile<kHeadQueries, kHeadRegisters>,
          largest,
          round_to_bytes,
          dot_bytes};
}

}  // namespace
}  // namespace AD_LEVEL
}  // namespace ad
