#pragma once

#include <cstdint>
#include <vector>

#include "ad/matrix_view.h"
#include "dispatch/target.h"
#include "kernels/coreset/coreset.h"
#include "kernels/gaussian_blur/gaussian_blur.h"
#include "kernels/kde/kde.h"
#include "kernels/patch_embed/patch_embed.h"

namespace ad::dispatch {

// Each is the kernel of the same name, on the CPU or on a device. Results are the same, kde's up to rounding
// in double precision. Where the choice is ours (Device::automatic), work that moves more bytes over the bus
// than it saves operations stays on the CPU: mahalanobis, kde, patch_embed, anomaly_maps.

Status coreset(const Target& target, MatrixView<const float> points, std::size_t count, std::size_t start,
               Coreset& out, const Run& run);

Status projection(const Target& target, MatrixView<const float> points, double density, std::uint64_t seed,
                  MatrixView<float> out, const Run& run);

Status distances(const Target& target, MatrixView<const float> rows, MatrixView<const float> mean,
                 MatrixView<const float> factors, float* out, const Run& run);

Status log_density(const Target& target, MatrixView<const float> rows,
                   const GaussianKde<const double, const float>& kde, double* out, const Run& run);

Status embed(const Target& target, const std::vector<FeatureLevel>& levels, std::size_t images,
             std::size_t patch, Interpolation interpolation, MatrixView<float> out, const Run& run);

Status maps(const Target& target, const float* scores, const MapShape& shape, double sigma, Border border,
            float* out, const Run& run);

}  // namespace ad::dispatch
