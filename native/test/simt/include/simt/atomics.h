// Atomics are relaxed, as on the device: they order nothing else, so TSan sees a missing __threadfence().
#pragma once

#include "words.h"

namespace simt {
template <class T, class F>
T update(T* at, F next) {
  may_yield();
  T old, wanted;
  __atomic_load(at, &old, __ATOMIC_RELAXED);
  do {
    wanted = next(old);
  } while (!__atomic_compare_exchange(at, &old, &wanted, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  return old;
}
}  // namespace simt

template <class T>
T atomicAdd(T* at, simt::same<T> by) {
  return simt::update(at, [=](T old) { return static_cast<T>(old + by); });
}
template <class T>
T atomicSub(T* at, simt::same<T> by) {
  return simt::update(at, [=](T old) { return static_cast<T>(old - by); });
}
template <class T>
T atomicMax(T* at, simt::same<T> other) {
  return simt::update(at, [=](T old) { return old < other ? other : old; });
}
template <class T>
T atomicMin(T* at, simt::same<T> other) {
  return simt::update(at, [=](T old) { return other < old ? other : old; });
}
template <class T>
T atomicAnd(T* at, simt::same<T> bits) {
  return simt::update(at, [=](T old) { return static_cast<T>(old & bits); });
}
template <class T>
T atomicOr(T* at, simt::same<T> bits) {
  return simt::update(at, [=](T old) { return static_cast<T>(old | bits); });
}
template <class T>
T atomicXor(T* at, simt::same<T> bits) {
  return simt::update(at, [=](T old) { return static_cast<T>(old ^ bits); });
}
template <class T>
T atomicExch(T* at, simt::same<T> value) {
  return simt::update(at, [=](T) { return value; });
}
inline unsigned atomicInc(unsigned* at, unsigned limit) {
  return simt::update(at, [=](unsigned old) { return old >= limit ? 0u : old + 1; });
}
inline unsigned atomicDec(unsigned* at, unsigned limit) {
  return simt::update(at, [=](unsigned old) { return old == 0 || old > limit ? limit : old - 1; });
}
template <class T>
T atomicCAS(T* at, simt::same<T> expected, simt::same<T> value) {
  simt::may_yield();
  __atomic_compare_exchange(at, &expected, &value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
  return expected;
}
