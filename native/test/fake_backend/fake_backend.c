/* Backend libraries that are wrong in one way each (FAKE_*), for the loader's tests. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ad/backend_abi.h"

static ad_status probe(ad_device_info* out) {
  memset(out, 0, sizeof *out);
#if defined(FAKE_CRASH)
  abort();
#elif defined(FAKE_HANG)
  for (;;) pause();
#elif defined(FAKE_NO_DRIVER)
  out->state = AD_DEVICE_NO_DRIVER;
#elif defined(FAKE_OLD_DRIVER)
  out->state = AD_DEVICE_DRIVER_TOO_OLD;
  out->driver_version = 12020;
#elif defined(FAKE_FAILING)
  return AD_DEVICE_ERROR;
#else
  strcpy(out->name, "Fake 9000");
  out->driver_version = 13010;
  out->compute_major = 9;
  out->total_bytes = 24000000000;
  out->free_bytes = 23000000000;
#endif
  out->runtime_version = 13000;
  return AD_OK;
}

static const char* last_error(void) { return "a text\nin two lines"; }

static const ad_backend table = {
#ifdef FAKE_ABI
    AD_BACKEND_ABI_VERSION + 1,
#else
    AD_BACKEND_ABI_VERSION,
#endif
#ifdef FAKE_SIZE
    sizeof(ad_backend) - 8,
#else
    sizeof(ad_backend),
#endif
    "fake", probe, last_error, 0, 0, 0, 0, 0, 0, 0, 0, 0};

#ifdef FAKE_SYMBOL
const ad_backend* ad_backend_other(void) { return &table; }
#else
const ad_backend* ad_backend_cuda(void) { return &table; }
#endif
