// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The content behind a `Val`, by kind, and the access to it for lifting and lowering. Internal to abi/. Payloads are
// immutable; copies of a value share them.
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
  /// The encoding in which a guest passed the text; `text` has no character that it cannot represent.
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
struct BoxPayload {  // some, ok or error with a value; without a value there is no payload
  Val value;
};
struct FlagsPayload {
  std::vector<std::string> names;
};
struct HandlePayload {  // own, borrow; only if there is a keeper or a name
  std::shared_ptr<void> keeper;
  std::string type_name;
};

/// Unchecked access. Contract: the caller has checked the kind of the value.
struct ValAccess {
  static std::uint64_t bits(const Val& value) noexcept { return value.bits_; }

  /// The payload, null if there is none. Contract: `Payload` is the type for the value's kind.
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
