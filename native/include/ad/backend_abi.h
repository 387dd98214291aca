/* The border between the core and a device backend that it opens at run time (native/dispatch/loader.h):
 * plain C, so that the two may come from different compilers. A backend library exports one function,
 * AD_BACKEND_SYMBOL. Every entry point answers a status; none throws, exits, or keeps a pointer of the
 * caller's after it returns, unless it says so. All may be called from any thread. Any change here is a new
 * AD_BACKEND_ABI_VERSION. */
#ifndef AD_BACKEND_ABI_H
#define AD_BACKEND_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AD_BACKEND_ABI_VERSION 1u
#define AD_BACKEND_SYMBOL "ad_backend_cuda"

typedef enum ad_status {
  AD_OK = 0,
  AD_CANCELLED = 1,
  AD_INVALID_ARGUMENT = 2,
  /* The work does not fit into the device's memory or the call's budget. Nothing was started. */
  AD_OUT_OF_DEVICE_MEMORY = 3,
  AD_OUT_OF_MEMORY = 4,
  /* No driver, a driver that is too old, or no device. */
  AD_NO_DEVICE = 5,
  /* Anything that the device or its driver reports. */
  AD_DEVICE_ERROR = 6,
  AD_INTERNAL = 7
} ad_status;

/* What every long call is given beside its data. */
typedef struct ad_call {
  void* user;
  /* Asked now and then, from the calling thread; 1: stop soon, with AD_CANCELLED. May be null. */
  int (*cancelled)(void* user);
  /* Told the finished share, 0..1, from the calling thread. May be null. */
  void (*progress)(void* user, double share);
  /* Device memory that the call may take, in bytes; 0: nine tenths of what is free. */
  uint64_t memory_budget;
} ad_call;

typedef enum ad_device_state {
  AD_DEVICE_USABLE = 0,
  AD_DEVICE_NO_DRIVER = 1,
  AD_DEVICE_DRIVER_TOO_OLD = 2,
  AD_DEVICE_NONE = 3,
  /* Older than any architecture that the kernels were built for. */
  AD_DEVICE_TOO_OLD = 4,
  AD_DEVICE_FAILED = 5
} ad_device_state;

/* The first device, as the backend finds it. Versions as CUDA counts them: 13000 is 13.0. */
typedef struct ad_device_info {
  ad_device_state state;
  int32_t driver_version;
  int32_t runtime_version;
  int32_t compute_major, compute_minor;
  int32_t multiprocessors;
  uint64_t total_bytes, free_bytes;
  char name[128];
} ad_device_info;

/* A head (kernels/nearest/README.md): few coordinates of every bank row as int8 cells, row by row, `words`
 * words of four cells each (unused cells 0); all null or 0 where there is none. */
typedef struct ad_nearest_head {
  const int32_t* cells;      /* [rows][words] */
  const int32_t* half_norms; /* [rows]: floor(|cells|^2 / 2) */
  const float* axes;         /* [axis_count][cols], orthonormal up to axes_defect */
  const float* mean;         /* [cols] */
  uint32_t words, axis_count;
  double axes_defect;   /* |P P' - I|_F */
  double shortest_tail; /* tails below count as this long */
  double max_norm;      /* the largest |row - mean| */
  double max_error;     /* the largest error of a row, in cells */
  float tail_centre;    /* subtracted from tails */
  float cells_per_unit;
} ad_nearest_head;

typedef struct ad_nearest_bank {
  const float* rows_data; /* [rows][cols], finite */
  uint64_t rows, cols;
  ad_nearest_head head;
} ad_nearest_bank;

/* A bank that stays on the device. */
typedef struct ad_nearest ad_nearest;

typedef struct ad_nearest_query {
  const float* queries; /* [rows][cols], finite */
  uint64_t rows;
  uint32_t k;        /* 1..AD_NEAREST_MAX_K, at most the bank's rows */
  uint32_t* indices; /* out [rows][k], nearest first, ties by the lower row */
  float* distances;  /* out [rows][k], Euclidean: roots of canonical squared distances */
  /* out: how many queries the head ruled in too much for, and every row was measured. May be null. */
  uint64_t* exhaustive;
} ad_nearest_query;

#define AD_NEAREST_MAX_K 64u

/* Greedy k-centre selection by canonical squared distances, ties to the lowest row. */
typedef struct ad_coreset {
  const float* points; /* [rows][cols], finite */
  uint64_t rows, cols;
  uint64_t count, start;
  uint32_t* chosen; /* out [count] */
  float* radius;    /* out: the largest Euclidean distance to the chosen ones */
} ad_coreset;

/* out[r][j] = scale * (sum of columns plus[j] - sum of columns minus[j]), each sum in the order of the list.
 */
typedef struct ad_projection {
  const float* points; /* [rows][cols] */
  uint64_t rows, cols, components;
  /* The columns of component j: columns[offsets[2 j] ..] are added, columns[offsets[2 j + 1] ..] taken away,
   * up to offsets[2 j + 2]. */
  const uint32_t* offsets; /* [2 components + 1] */
  const uint32_t* columns;
  float scale;
  float* out; /* [rows][components] */
} ad_projection;

/* Distances to the Gaussian of each row's position (kernels/mahalanobis). */
typedef struct ad_mahalanobis {
  const float* data; /* [images * positions][cols] */
  uint64_t images, positions, cols;
  const float* mean;    /* [positions][cols] */
  const float* factors; /* [positions][cols (cols + 1) / 2], packed by columns, 1 / L_jj on the diagonal */
  float* out;           /* [images * positions]; infinite where a distance is beyond fp32 */
} ad_mahalanobis;

/* log density of each row (kernels/kde). */
typedef struct ad_kde {
  const float* data; /* [rows][cols], finite */
  uint64_t rows, cols, count;
  const double* mean;     /* [cols] */
  const double* whitener; /* [cols][cols], upper triangular */
  const float* points;    /* [count][cols], whitened */
  double log_norm;
  double* out; /* [rows] */
} ad_kde;

/* For one output place: the two input places around it and the share of the second. */
typedef struct ad_lerp {
  uint32_t low, high;
  float share;
} ad_lerp;

typedef struct ad_feature_level {
  const float* data; /* [images][channels][height][width] */
  uint32_t channels, height, width;
  float scale;
  const ad_lerp* rows;    /* [first level's height] */
  const ad_lerp* columns; /* [first level's width] */
} ad_feature_level;

/* Patch embedding (kernels/patch_embed). */
typedef struct ad_patch_embed {
  const ad_feature_level* levels;
  uint32_t level_count;
  uint32_t patch;
  uint64_t images;
  float* out; /* [images * height * width][sum of channels] */
} ad_patch_embed;

/* Anomaly maps (kernels/gaussian_blur). */
typedef struct ad_anomaly_maps {
  const float* scores; /* [images][height][width] */
  uint64_t images;
  uint32_t height, width, out_height, out_width;
  const ad_lerp* rows;    /* [out_height] */
  const ad_lerp* columns; /* [out_width] */
  const float* weights;   /* [radius + 1], the centre's first */
  uint32_t radius;
  const uint32_t* around_x; /* [out_width + 2 radius]: the place that each place stands for */
  const uint32_t* around_y; /* [out_height + 2 radius] */
  float* out;               /* [images][out_height][out_width] */
} ad_anomaly_maps;

typedef struct ad_backend {
  uint32_t abi_version; /* AD_BACKEND_ABI_VERSION */
  uint32_t struct_size; /* sizeof(ad_backend) */
  const char* name;

  /* Looks for a driver and a device, and says so in `out`; AD_OK unless that is impossible. */
  ad_status (*probe)(ad_device_info* out);
  /* What went wrong in the calling thread's last call that was not AD_OK. Valid until its next call. */
  const char* (*last_error)(void);

  ad_status (*nearest_create)(const ad_nearest_bank* bank, const ad_call* call, ad_nearest** out);
  ad_status (*nearest_search)(ad_nearest* index, const ad_nearest_query* query, const ad_call* call);
  void (*nearest_destroy)(ad_nearest* index);

  ad_status (*coreset)(const ad_coreset* work, const ad_call* call);
  ad_status (*projection)(const ad_projection* work, const ad_call* call);
  ad_status (*mahalanobis)(const ad_mahalanobis* work, const ad_call* call);
  ad_status (*kde)(const ad_kde* work, const ad_call* call);
  ad_status (*patch_embed)(const ad_patch_embed* work, const ad_call* call);
  ad_status (*anomaly_maps)(const ad_anomaly_maps* work, const ad_call* call);
} ad_backend;

/* What AD_BACKEND_SYMBOL is. The table is static. */
typedef const ad_backend* (*ad_backend_entry)(void);

#ifdef __cplusplus
}
#endif

#endif
