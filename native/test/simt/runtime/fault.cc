#include "fault.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "block.h"
#include "device_memory.h"
#include "sanitizers.h"

namespace simt {
namespace {

void on_closed_memory(int, siginfo_t* info, void*) {
  const std::string what = DeviceMemory::get().describe(info->si_addr);
  if (!what.empty()) {
    fault((current_block() != nullptr ? "a thread touched " : "the host touched ") + what);
  }
  fault(current_block() != nullptr
            ? "a thread touched memory that is neither the device's nor mapped (or its stack is full)"
            : "segmentation fault in host code");
}

}  // namespace

void fault(const std::string& message) {
  const Block* block = current_block();
  std::string text = "simt: ";
  if (block != nullptr) text += block->where() + ": ";
  text += message + "\n";
  std::fflush(nullptr);
  // The report is short and the process ends: nothing to do where standard error is closed.
  if (::write(STDERR_FILENO, text.data(), text.size()) < 0) std::_Exit(kFaultExit);
  std::_Exit(kFaultExit);
}

std::string kernel_name(const void* kernel) {
  Dl_info info{};
  if (kernel == nullptr || dladdr(kernel, &info) == 0 || info.dli_sname == nullptr) return "a kernel";
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> plain(
      abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status), &std::free);
  return status == 0 ? plain.get() : info.dli_sname;
}

std::string place(const char* file, int line) {
  const char* slash = std::strrchr(file, '/');
  return std::string(slash != nullptr ? slash + 1 : file) + ":" + std::to_string(line);
}

void watch_closed_memory() {
  struct sigaction action{};
  action.sa_sigaction = on_closed_memory;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

void give_signal_stack() {
  constexpr std::size_t kBytes = 64 * 1024;
  thread_local std::unique_ptr<char[]> memory(new char[kBytes]);
  stack_t stack{};
  stack.ss_sp = memory.get();
  stack.ss_size = kBytes;
  sigaltstack(&stack, nullptr);
}

}  // namespace simt
