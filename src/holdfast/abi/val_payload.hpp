// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a `Val` points at, by kind, and how lifting and lowering reach it. Internal to abi/. Payloads are immutable
// and shared by copies of a value.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "holdfast/abi/string_origin.hpp"
#include "holdfast/abi/val.hpp"

namespace holdfast::abi {

struct StringPayload {
  std::string text;
  /// Of text that a guest encoded; `text` could be encoded that way.
  StringOrigin origin = StringOrigin::utf8;
};
struct ListPayload {  // list, tuple
  std::vector<Val> elements;
};
struct RecordPayload {
  std::vector<ValField> fields;
};
struct CasePayload {  // variant, enumeration
  std::string name;
  std::optional<Val> value;
};
struct BoxPayload {  // option, result; no payload at all where there is no value
  Val value;
};
struct FlagsPayload {
  std::vector<std::string> names;
};
struct HandlePayload {  // only when there is something to hold
  std::shared_ptr<void> keeper;
  std::string type_name;
};

/// Unchecked access: the kind was looked at before.
struct ValAccess {
  static std::uint64_t bits(const Val& value) noexcept { return value.bits_; }

  /// The payload, null when there is none. `Payload` must be the one of the value's kind.
  template <class Payload>
  static const Payload* payload(const Val& value) noexcept {
    return static_cast<const Payload*>(value.payload_.get());
  }
  template <class Payload>
  static Val make(ValKind kind, std::uint64_t bits, Payload payload) {
    return Val(kind, bits, std::make_shared<const Payload>(std::move(payload)));
  }
  static Val make(ValKind kind, std::uint64_t bits) noexcept { return Val(kind, bits, nullptr); }

  /// The payload of a variant, option or result; null when its case has none.
  static const Val* boxed(const Val& value) noexcept {
    const auto* box = payload<BoxPayload>(value);
    return box != nullptr ? &box->value : nullptr;
  }
};

}  // namespace holdfast::abi
