#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ad/backend_abi.h"
#include "test/support.h"

// The backend's one symbol, here from its sources as the CPU executes them.
extern "C" const ad_backend* ad_backend_cuda();

namespace ad::test {

inline const ad_backend& backend() {
  return *ad_backend_cuda();
}

/// Fails the test with the backend's own words unless a call was AD_OK.
inline void require_ok(ad_status status) {
  const std::string error = status == AD_OK ? "" : backend().last_error();
  REQUIRE(error == "");
  REQUIRE(status == AD_OK);
}

/// Where two arrays differ first, or "": the arrays themselves would fill the screen.
template <class T>
std::string first_difference(const std::vector<T>& got, const std::vector<T>& expected) {
  if (got.size() != expected.size()) return "sizes differ";
  for (std::size_t i = 0; i < got.size(); ++i) {
    if (got[i] == expected[i]) continue;
    return "place " + std::to_string(i) + ": " + std::to_string(got[i]) + ", expected " +
           std::to_string(expected[i]);
  }
  return "";
}

}  // namespace ad::test
