#include "fibre.h"

#include <sys/mman.h>

#include <cstdlib>

#include "fault.h"
#include "sanitizers.h"

namespace simt {
namespace {

constexpr std::size_t kStackGuard = 4096;
constexpr std::size_t kStackBytes = 256 * 1024;

}  // namespace

Fibre::Fibre() : tsan_(tsan_create()) {
  void* memory = mmap(nullptr, kStackGuard + kStackBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) fault("no memory for the stack of a device thread");
  mprotect(memory, kStackGuard, PROT_NONE);
  stack_ = static_cast<char*>(memory) + kStackGuard;
}

Fibre::~Fibre() {
  munmap(stack_ - kStackGuard, kStackGuard + kStackBytes);
  if (tsan_ != nullptr) tsan_destroy(tsan_);
}

void Fibre::prepare(void (*entry)()) {
  unpoison_region(stack_, kStackBytes);
  fake_stack_ = nullptr;
  context_ = first_context(stack_ + kStackBytes, entry);
}

void Fibre::enter(Home& home) {
  start_switch(&home.fake_stack, stack_, kStackBytes);
  if (tsan_ != nullptr) tsan_switch(tsan_);
  simt_switch(&home.context, context_);
  finish_switch(home.fake_stack, nullptr, nullptr);
}

void Fibre::leave(Home& home) {
  start_switch(&fake_stack_, home.bottom, home.bytes);
  if (tsan_ != nullptr) tsan_switch(home.tsan);
  simt_switch(&context_, home.context);
  finish_switch(fake_stack_, nullptr, nullptr);
}

void Fibre::arrived(Home& home) {
  finish_switch(fake_stack_, &home.bottom, &home.bytes);
}

void Fibre::left(Home& home) {
  start_switch(nullptr, home.bottom, home.bytes);
  if (tsan_ != nullptr) tsan_switch(home.tsan);
  simt_switch(&context_, home.context);
  std::abort();
}

}  // namespace simt
