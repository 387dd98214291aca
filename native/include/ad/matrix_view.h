#pragma once

#include <cstddef>

namespace ad {

/// A dense row-major matrix that someone else owns.
template <class T>
struct MatrixView {
  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;

  T* row(std::size_t i) const { return data + i * cols; }
  std::size_t size() const { return rows * cols; }
};

}  // namespace ad
