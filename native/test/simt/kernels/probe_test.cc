#include "backend.h"

using namespace ad;

TEST_CASE("device probe: describes the device") {
  CHECK(test::backend().abi_version == AD_BACKEND_ABI_VERSION);
  CHECK(test::backend().struct_size == sizeof(ad_backend));
  ad_device_info info;
  test::require_ok(test::backend().probe(&info));
  CHECK(info.state == AD_DEVICE_USABLE);
  CHECK(info.multiprocessors > 0);
  CHECK(info.total_bytes >= info.free_bytes);
  CHECK(info.free_bytes > 0);
  CHECK(std::string(info.name) != "");
}
