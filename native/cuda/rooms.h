#pragma once

#include "ad/backend_abi.h"
#include "cuda/call.h"

namespace ad::cuda {

// One room each (native/kernels/<room>/<room>.cu): the host side of an entry point. They throw Failure.
ad_nearest* create_nearest(const ad_nearest_bank& bank, const Call& call);
void search_nearest(ad_nearest& index, const ad_nearest_query& query, const Call& call);
void destroy_nearest(ad_nearest* index);

void run_coreset(const ad_coreset& work, const Call& call);
void run_projection(const ad_projection& work, const Call& call);
void run_mahalanobis(const ad_mahalanobis& work, const Call& call);
void run_kde(const ad_kde& work, const Call& call);
void run_patch_embed(const ad_patch_embed& work, const Call& call);
void run_anomaly_maps(const ad_anomaly_maps& work, const Call& call);

/// How many multiprocessors the device has.
unsigned multiprocessors();

}  // namespace ad::cuda
