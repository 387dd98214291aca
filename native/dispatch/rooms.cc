#include "dispatch/rooms.h"

#include "cpu/parallel.h"
#include "kernels/gaussian_blur/map_plan.h"
#include "kernels/interpolation/axis.h"
#include "kernels/linear/columns.h"
#include "kernels/mahalanobis/mahalanobis.h"
#include "kernels/projection/matrix.h"
#include "kernels/projection/projection.h"

namespace ad::dispatch {
namespace {

/// The device only where it was asked for by name.
Target only_if_asked(Target target) {
  if (target.device == Device::automatic) target.device = Device::cpu;
  return target;
}

std::vector<ad_lerp> axis_of(const std::vector<Lerp>& axis) {
  std::vector<ad_lerp> out;
  out.reserve(axis.size());
  for (const Lerp& at : axis)
    out.push_back({static_cast<std::uint32_t>(at.low), static_cast<std::uint32_t>(at.high), at.share});
  return out;
}

/// An entry point with its work; exceptions of what prepares it do not get out.
template <class Work>
Status enter(const ad_backend& backend, ad_status (*entry)(const Work*, const ad_call*), const Work& work,
             const Target& target, const Run& run) {
  const BackendCall call(run, target);
  return status_of(backend, entry(&work, call.get()));
}

}  // namespace

Status coreset(const Target& target, MatrixView<const float> points, std::size_t count, std::size_t start,
               Coreset& out, const Run& run) {
  return run_on(
      target, [&] { return greedy_coreset(points, count, start, out, run); },
      [&](const ad_backend& backend) {
        return guarded([&]() -> Status {
          const Status finite = check_finite("points", points, run.stage(0, 0));
          if (!finite.ok()) return finite;
          out.rows.resize(count);
          const ad_coreset work{points.data, points.rows,     points.cols, count,
                                start,       out.rows.data(), &out.radius};
          return enter(backend, backend.coreset, work, target, run);
        });
      });
}

Status projection(const Target& target, MatrixView<const float> points, double density, std::uint64_t seed,
                  MatrixView<float> out, const Run& run) {
  return run_on(
      target, [&] { return sparse_projection(points, density, seed, out, run); },
      [&](const ad_backend& backend) {
        return guarded([&]() -> Status {
          const SignedColumns matrix = draw_signed_columns(out.cols, points.cols, density, seed);
          const ad_projection work{points.data,
                                   points.rows,
                                   points.cols,
                                   out.cols,
                                   matrix.offsets.data(),
                                   matrix.columns.data(),
                                   projection_scale(out.cols, density),
                                   out.data};
          return enter(backend, backend.projection, work, target, run);
        });
      });
}

Status distances(const Target& target, MatrixView<const float> rows, MatrixView<const float> mean,
                 MatrixView<const float> factors, float* out, const Run& run) {
  return run_on(
      only_if_asked(target), [&] { return mahalanobis(rows, mean, factors, out, run); },
      [&](const ad_backend& backend) {
        return guarded([&]() -> Status {
          const Status finite = check_finite("features", rows, run.stage(0, 0));
          if (!finite.ok()) return finite;
          const ad_mahalanobis work{rows.data, rows.rows / mean.rows, mean.rows, rows.cols,
                                    mean.data, factors.data,          out};
          return enter(backend, backend.mahalanobis, work, target, run);
        });
      });
}

Status log_density(const Target& target, MatrixView<const float> rows,
                   const GaussianKde<const double, const float>& kde, double* out, const Run& run) {
  return run_on(
      only_if_asked(target), [&] { return kde_log_density(rows, kde, out, run); },
      [&](const ad_backend& backend) {
        return guarded([&]() -> Status {
          const Status finite = check_finite("rows", rows, run.stage(0, 0));
          if (!finite.ok()) return finite;
          const ad_kde work{rows.data,       rows.rows,    rows.cols, kde.points.rows, kde.mean, kde.whitener,
                            kde.points.data, kde.log_norm, out};
          return enter(backend, backend.kde, work, target, run);
        });
      });
}

Status embed(const Target& target, const std::vector<FeatureLevel>& levels, std::size_t images,
             std::size_t patch, Interpolation interpolation, MatrixView<float> out, const Run& run) {
  return run_on(
      only_if_asked(target), [&] { return patch_embed(levels, images, patch, interpolation, out, run); },
      [&](const ad_backend& backend) {
        return guarded([&]() -> Status {
          const auto axis = interpolation == Interpolation::nearest ? nearest_axis : lerp_axis;
          std::vector<std::vector<ad_lerp>> axes;
          for (const FeatureLevel& level : levels) {
            axes.push_back(axis_of(axis(level.height, levels[0].height)));
            axes.push_back(axis_of(axis(level.width, levels[0].width)));
          }
          std::vector<ad_feature_level> described;
          for (std::size_t l = 0; l < levels.size(); ++l) {
            const FeatureLevel& level = levels[l];
            described.push_back({level.data, static_cast<std::uint32_t>(level.channels),
                                 static_cast<std::uint32_t>(level.height),
                                 static_cast<std::uint32_t>(level.width), level.scale, axes[2 * l].data(),
                                 axes[2 * l + 1].data()});
          }
          const ad_patch_embed work{described.data(), static_cast<std::uint32_t>(described.size()),
                                    static_cast<std::uint32_t>(patch), images, out.data};
          return enter(backend, backend.patch_embed, work, target, run);
        });
      });
}

Status maps(const Target& target, const float* scores, const MapShape& shape, double sigma, Border border,
            float* out, const Run& run) {
  return run_on(
      only_if_asked(target), [&] { return anomaly_maps(scores, shape, sigma, border, out, run); },
      [&](const ad_backend& backend) {
        return guarded([&]() -> Status {
          const MapPlan plan = plan_maps(shape, sigma, border);
          const std::vector<ad_lerp> rows = axis_of(plan.rows), columns = axis_of(plan.columns);
          const ad_anomaly_maps work{scores,
                                     shape.images,
                                     static_cast<std::uint32_t>(shape.height),
                                     static_cast<std::uint32_t>(shape.width),
                                     static_cast<std::uint32_t>(shape.out_height),
                                     static_cast<std::uint32_t>(shape.out_width),
                                     rows.data(),
                                     columns.data(),
                                     plan.weights.data(),
                                     static_cast<std::uint32_t>(plan.radius()),
                                     plan.around_x.data(),
                                     plan.around_y.data(),
                                     out};
          return enter(backend, backend.anomaly_maps, work, target, run);
        });
      });
}

}  // namespace ad::dispatch
