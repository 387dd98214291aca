// What ASan and TSan have to be told about fibres and memory; nothing where neither is built in.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

// The runtime itself is compiled without TSan even where kernels are compiled with it: its own switching
// between fibres is not what TSan shall judge. It tells TSan what is ordered instead.
#if defined(SIMT_TSAN)
extern "C" {
void* __tsan_get_current_fiber(void);
void* __tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void* fiber);
void __tsan_switch_to_fiber(void* fiber, unsigned flags);
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
#endif

namespace simt {

#if defined(__SANITIZE_ADDRESS__)
inline void poison_region(const void* from, std::size_t bytes) {
  __asan_poison_memory_region(from, bytes);
}
inline void unpoison_region(const void* from, std::size_t bytes) {
  __asan_unpoison_memory_region(from, bytes);
}
inline void start_switch(void** fake_stack, const void* bottom, std::size_t bytes) {
  __sanitizer_start_switch_fiber(fake_stack, bottom, bytes);
}
inline void finish_switch(void* fake_stack, const void** old_bottom, std::size_t* old_bytes) {
  __sanitizer_finish_switch_fiber(fake_stack, old_bottom, old_bytes);
}
#else
inline void poison_region(const void*, std::size_t) {}
inline void unpoison_region(const void*, std::size_t) {}
inline void start_switch(void**, const void*, std::size_t) {}
inline void finish_switch(void*, const void**, std::size_t*) {}
#endif

#if defined(SIMT_TSAN)
inline void* tsan_create() {
  return __tsan_create_fiber(0);
}
inline void* tsan_current() {
  return __tsan_get_current_fiber();
}
inline void tsan_destroy(void* fiber) {
  __tsan_destroy_fiber(fiber);
}
inline void tsan_switch(void* fiber) {
  // 1: a switch orders nothing, else every race between threads of a block would be hidden.
  __tsan_switch_to_fiber(fiber, 1);
}
/// All that this thread did so far is seen by who acquires the tag later.
inline void happens_before(void* tag) {
  __tsan_release(tag);
}
inline void happens_after(void* tag) {
  __tsan_acquire(tag);
}
#else
inline void* tsan_create() {
  return nullptr;
}
inline void* tsan_current() {
  return nullptr;
}
inline void tsan_destroy(void*) {}
inline void tsan_switch(void*) {}
inline void happens_before(void*) {}
inline void happens_after(void*) {}
#endif

}  // namespace simt
