#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace simt {

/// Memory of the device: every allocation on pages of its own between closed ones, open only while the device
/// works. So the host cannot touch it, freed memory stays closed (addresses are never used again), and a
/// write beyond the end meets a closed page or changes the filled gap before it, which is checked after every
/// operation.
class DeviceMemory {
 public:
  static DeviceMemory& get();

  /// Null where the device has not so much left.
  void* allocate(std::size_t bytes, unsigned char poison);
  /// False where `memory` is not an allocation.
  bool free(void* memory);

  /// Whether the address lies in the device's part of the address space, allocated or not.
  bool owns(const void* address) const;
  /// Empty where [address, address + bytes) lies in one allocation, else what is wrong with it.
  std::string problem(const void* address, std::size_t bytes) const;
  /// What a touched address is, empty where it is not the device's.
  std::string describe(const void* address) const;

  void open();
  void close();
  /// Faults where a gap around an allocation was written to.
  void check_gaps();

  std::size_t used() const { return used_; }
  /// "2 allocations of device memory, 1200 bytes", or empty.
  std::string leaks() const;

 private:
  DeviceMemory();
  struct Allocation {
    char* pages;
    std::size_t page_bytes, bytes, charged;
    bool freed;
  };
  const std::pair<char* const, Allocation>* find(const void* address) const;
  void check_gaps(const char* data, const Allocation& allocation) const;

  char* start_;
  char* next_;
  std::map<char*, Allocation> allocations_;
  std::size_t used_ = 0;
};

/// Device memory is open while this is in scope.
class DeviceAccess {
 public:
  DeviceAccess() { DeviceMemory::get().open(); }
  ~DeviceAccess() {
    DeviceMemory::get().check_gaps();
    DeviceMemory::get().close();
  }
  DeviceAccess(const DeviceAccess&) = delete;
  DeviceAccess& operator=(const DeviceAccess&) = delete;
};

}  // namespace simt
