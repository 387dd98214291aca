#pragma once

#include <napi.h>

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "ad/matrix_view.h"

namespace ad::binding {

/// Reads the fields of the one object that JavaScript passes. The typed layer above has checked them with
/// full messages; here they are checked once more, tersely, because a wrong length must never become a wild
/// pointer. Every array read is remembered, so that the operation can pin it.
class Arguments {
 public:
  explicit Arguments(const Napi::CallbackInfo& info)
      : Arguments(info.Env(), info.Length() > 0 ? info[0] : info.Env().Undefined()) {}

  Arguments(Napi::Env env, Napi::Value value) {
    if (!value.IsObject()) throw Napi::TypeError::New(env, "expected one object of arguments");
    object_ = value.As<Napi::Object>();
  }

  std::size_t size(const char* name) const {
    const double value = number(name);
    if (!(value >= 0) || value > 9007199254740991.0 || value != std::floor(value))
      fail(name, "a whole number >= 0");
    return static_cast<std::size_t>(value);
  }

  double number(const char* name) const {
    const Napi::Value value = object_.Get(name);
    if (!value.IsNumber()) fail(name, "a number");
    return value.As<Napi::Number>().DoubleValue();
  }

  std::string text(const char* name) const {
    const Napi::Value value = object_.Get(name);
    if (!value.IsString()) fail(name, "a string");
    return value.As<Napi::String>().Utf8Value();
  }

  bool has(const char* name) const { return !object_.Get(name).IsUndefined(); }

  bool flag(const char* name) const {
    const Napi::Value value = object_.Get(name);
    if (!value.IsBoolean()) fail(name, "a boolean");
    return value.As<Napi::Boolean>().Value();
  }

  std::uint64_t uint64(const char* name) const {
    const Napi::Value value = object_.Get(name);
    if (!value.IsBigInt()) fail(name, "a bigint");
    bool lossless;
    return value.As<Napi::BigInt>().Uint64Value(&lossless);
  }

  /// The elements of a typed array of exactly `length` elements.
  template <class T>
  T* array(const char* name, std::size_t length) {
    const Napi::Value value = object_.Get(name);
    if (!value.IsTypedArray()) fail(name, "a typed array");
    const auto typed = value.As<Napi::TypedArray>();
    if (typed.TypedArrayType() != type_of<T>()) fail(name, "a typed array of the right element type");
    if (typed.ElementLength() != length) fail(name, "of another length");
    pins_.push_back(Napi::Persistent(value.As<Napi::Object>()));
    return value.As<Napi::TypedArrayOf<T>>().Data();
  }

  template <class T>
  MatrixView<T> matrix(const char* name, std::size_t rows, std::size_t cols) {
    if (cols != 0 && rows > SIZE_MAX / cols) fail(name, "of a size that can be addressed");
    return {array<std::remove_const_t<T>>(name, rows * cols), rows, cols};
  }

  /// The elements of a list of objects, each with fields of its own. What they pin, `adopt` brings here.
  std::vector<Arguments> list(const char* name) const {
    const Napi::Value value = object_.Get(name);
    if (!value.IsArray()) fail(name, "an array");
    const auto items = value.As<Napi::Array>();
    std::vector<Arguments> out;
    for (std::uint32_t i = 0; i < items.Length(); ++i) out.emplace_back(object_.Env(), items.Get(i));
    return out;
  }

  void adopt(Arguments&& other) {
    for (auto& pin : other.pins_) pins_.push_back(std::move(pin));
  }

  /// Keeps another object (a wrapped native one) alive as long as the operation runs.
  void pin(Napi::Object object) { pins_.push_back(Napi::Persistent(object)); }

  std::vector<Napi::ObjectReference> take_pins() { return std::move(pins_); }

 private:
  template <class T>
  static constexpr napi_typedarray_type type_of() {
    if constexpr (std::is_same_v<T, float>) return napi_float32_array;
    if constexpr (std::is_same_v<T, double>) return napi_float64_array;
    if constexpr (std::is_same_v<T, std::uint32_t>) return napi_uint32_array;
    if constexpr (std::is_same_v<T, std::int32_t>) return napi_int32_array;
    if constexpr (std::is_same_v<T, std::uint8_t>) return napi_uint8_array;
    if constexpr (std::is_same_v<T, std::int8_t>) return napi_int8_array;
  }

  [[noreturn]] void fail(const char* name, const char* expected) const {
    throw Napi::TypeError::New(object_.Env(), std::string(name) + " must be " + expected);
  }

  Napi::Object object_;
  std::vector<Napi::ObjectReference> pins_;
};

}  // namespace ad::binding
