#pragma once

#include <string>

namespace simt {

/// The process ends with this code when it did what a GPU does not allow.
constexpr int kFaultExit = 86;

/// Says what is wrong, with the kernel, block and thread where there are such, and ends the process: a fault
/// that came back as an error code could be overlooked by the code under test.
[[noreturn]] void fault(const std::string& message);

/// Name of a kernel, from its code address.
std::string kernel_name(const void* kernel);

/// "file.cu:12" from what the compiler knows of the caller.
std::string place(const char* file, int line);

/// Reports a touch of memory that is closed (a guard, freed memory, device memory from host code) as a fault.
void watch_closed_memory();

/// A stack for the report when a device thread has used up its own.
void give_signal_stack();

}  // namespace simt
