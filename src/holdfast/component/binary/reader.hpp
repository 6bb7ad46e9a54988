// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the binary format of components into a syntax tree, in one forward pass over the bytes. The reader knows every
// production of Binary.md, also those of unfinished proposals, so that it calls no valid file malformed; the validator
// decides what is allowed. The bytes are borrowed for the call only. Memory grows with the bytes that are present,
// never with a count that the file merely claims. Free functions without state: any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "holdfast/component/binary/syntax.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component {

/// Bounds on the input. If one is exceeded, reading fails with ErrorKind::limit.
struct ReadLimits {
  /// Size of the file, in bytes.
  std::size_t bytes = std::size_t{1} << 30;
  /// Depth of nested components and of nested component, instance and module types, counted together. It bounds the
  /// native stack that reading, validating and destroying a tree needs.
  std::uint32_t nesting = 100;
  /// Elements of all lists in the file together (definitions, parameters, fields, labels, exports, ...). Each
  /// costs up to about 400 bytes of memory at the peak. (A Python interpreter of 18 MB has 30,000.)
  std::uint32_t items = 1'000'000;
  /// Length of one name, in bytes.
  std::uint32_t name_bytes = 100'000;
};

/// `component` is the whole component or, if `error` is set, everything before the error, incomplete components
/// included, so that a validator can look for an error at a lower offset.
struct ReadOutcome {
  syntax::Component component;
  std::optional<HostError> error;
};

/// Reads the component in `bytes`. Errors: ErrorKind::invalid, with the offset of the unexpected byte;
/// ErrorKind::limit. If `bytes` is a core module, the error says so. Source: Binary.md.
HostResult<syntax::Component> read_component(std::span<const std::byte> bytes, const ReadLimits& limits = {});

/// Like `read_component`, but returns everything read before an error along with the error.
ReadOutcome read_component_prefix(std::span<const std::byte> bytes, const ReadLimits& limits = {});

}  // namespace holdfast::component
