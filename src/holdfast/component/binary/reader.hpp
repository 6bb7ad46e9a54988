// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the binary format of components into a syntax tree: one forward pass over the bytes, every production of
// Binary.md with those of unfinished proposals, so that no valid file is called malformed. What is allowed is the
// validator's business. The bytes are borrowed for the call only. Memory is taken as bytes are there: never by a
// count that the file merely claims. Free functions without state: any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "holdfast/component/binary/syntax.hpp"
#include "holdfast/diagnostics/host_error.hpp"

namespace holdfast::component {

/// Bounds of what is read; beyond them reading fails with ErrorKind::limit.
struct ReadLimits {
  /// Bytes of the file.
  std::size_t bytes = std::size_t{1} << 30;
  /// Components in components, and component, instance and module types in each other, together. It bounds the
  /// native stack that reading, validating and destroying a tree take.
  std::uint32_t nesting = 100;
  /// Elements of all lists in the file together (definitions, parameters, fields, labels, exports, …). Each costs
  /// up to some 400 bytes of memory at the peak. (A Python interpreter of 18 MB has 30,000.)
  std::uint32_t items = 1'000'000;
  /// Bytes of one name.
  std::uint32_t name_bytes = 100'000;
};

/// What could be read. With an error, `component` is what stands before it, down to the component that is not
/// complete, so that a validator can look for an error at a lower offset.
struct ReadOutcome {
  syntax::Component component;
  std::optional<HostError> error;
};

/// Reads the component in `bytes`. Errors: ErrorKind::invalid with the offset of the byte that cannot stand there,
/// ErrorKind::limit. A core module is an error that says so. Source: Binary.md.
HostResult<syntax::Component> read_component(std::span<const std::byte> bytes, const ReadLimits& limits = {});

/// The same, but what was read before an error is returned with it.
ReadOutcome read_component_prefix(std::span<const std::byte> bytes, const ReadLimits& limits = {});

}  // namespace holdfast::component
