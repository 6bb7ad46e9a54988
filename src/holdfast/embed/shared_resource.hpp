// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `linker.resource<Shared<T>>(name)`: one C++ object that instances in any number of stores own together. Each own
// handle is a share: it keeps the object alive, counts as one of Dimension::shares (of the resource type, the store and
// the store's parent), and may expire. Weak handles of the object's table do not keep it alive. The threads of all
// those stores use T, so T must be thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "holdfast/core/chrono.hpp"
#include "holdfast/embed/host_table.hpp"
#include "holdfast/resource/tables/shared.hpp"

namespace holdfast {

using resource::Shared;
using resource::WeakHandle;

/// The settings of a shared resource type.
struct ShareOptions {
  /// The lifetime of a share, by the engine's clock. After it, every use of the handle fails with removed_by_host.
  /// Nullopt: the share lives as long as its handle.
  std::optional<std::chrono::nanoseconds> lifetime = std::nullopt;
};

/// A store's shares of objects of the class T.
template <class T>
class TypedHostTable<Shared<T>> final : public runtime::HostTable {
 public:
  TypedHostTable(resource::Budget& budget, const runtime::Services& services, const ShareOptions& options)
      : budget_(budget), services_(services), options_(options), shares_(budget) {}

  /// Adds a share of `object`; returns its rep. Errors: null_handle, out_of_memory, or those of
  /// Budget::try_take.
  Result<std::uint32_t> insert(Shared<T> object) {
    if (!object) return fail(ErrorCode::null_handle);
    HOLDFAST_TRY_ASSIGN(resource::Reservation counted, budget_.reserve(resource::Dimension::shares, 1));
    std::optional<Time> end;
    if (options_.lifetime) end = services_.clock() + *options_.lifetime;
    return shares_.insert(Share{std::move(object), std::move(counted), end});
  }

  /// The share with this rep. Errors: removed_by_host (also if the share has expired), stale_handle.
  Result<Shared<T>*> find(std::uint32_t rep) {
    HOLDFAST_TRY_ASSIGN(Share* const share, shares_.find(rep));
    if (has_ended(*share)) {
      shares_.remove_by_force(rep);
      return fail(ErrorCode::removed_by_host);
    }
    return &share->object;
  }

  /// Moves the share out, after its own handle went to the host. Errors: those of find.
  Result<Shared<T>> take(std::uint32_t rep) {
    const auto object = find(rep);
    auto share = shares_.take(rep);
    if (!object) return std::unexpected(object.error());
    return std::move(share->object);
  }

  HostResult<void> drop(std::uint32_t rep) noexcept override { return shares_.drop(rep); }
  std::uint64_t creation_order(std::uint32_t rep) const noexcept override { return shares_.creation_order(rep); }
  std::uint64_t size() const noexcept override { return shares_.size(); }
  std::uint64_t expire() noexcept override {
    if (!options_.lifetime) return 0;
    return shares_.remove_if([this](const Share& share) { return has_ended(share); });
  }

 private:
  using Time = std::chrono::steady_clock::time_point;

  struct Share {
    Shared<T> object;
    resource::Reservation counted;
    std::optional<Time> end;
  };

  bool has_ended(const Share& share) const { return share.end && services_.clock() >= *share.end; }

  resource::Budget& budget_;
  const runtime::Services& services_;
  ShareOptions options_;
  TypedHostTable<Share> shares_;
};

template <class T>
class TypedHostResource<Shared<T>> final : public runtime::HostResourceType {
 public:
  explicit TypedHostResource(std::string name, const ShareOptions& options = {})
      : HostResourceType(std::move(name), abi::cpp_type<Shared<T>>()), options_(options) {}
  std::unique_ptr<runtime::HostTable> make_table(resource::Budget& budget,
                                                 const runtime::Services& services) const override {
    return std::make_unique<TypedHostTable<Shared<T>>>(budget, services, options_);
  }

 private:
  ShareOptions options_;
};

namespace embed {

template <class T>
inline constexpr bool is_shared = false;
template <class T>
inline constexpr bool is_shared<Shared<T>> = true;

}  // namespace embed

}  // namespace holdfast
