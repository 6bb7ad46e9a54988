// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "statements/handle_walk.hpp"

#include <optional>
#include <span>
#include <string>
#include <utility>

namespace holdfast::cli {
namespace {

class Rebuilding {
 public:
  explicit Rebuilding(const std::function<Val(const Val&)>& replace) : replace_(replace) {}

  Val rebuild(const Val& value) const {
    switch (value.kind()) {
      case ValKind::own:
      case ValKind::borrow: return replace_(value);
      case ValKind::list: return Val::list(all(*value.as_list()));
      case ValKind::tuple: return Val::tuple(all(*value.as_tuple()));
      case ValKind::record: {
        const std::span<const ValField> fields = *value.as_record();
        std::vector<ValField> rebuilt;
        for (const ValField& field : fields) rebuilt.push_back({field.name, rebuild(field.value)});
        return Val::record(std::move(rebuilt));
      }
      case ValKind::variant: {
        const ValCase chosen = *value.as_variant();
        return Val::variant(std::string(chosen.name), optional(chosen.payload));
      }
      case ValKind::option: return Val::option(optional(*value.as_option()));
      case ValKind::result: {
        const ValResult chosen = *value.as_result();
        return Val::result(chosen.is_ok, optional(chosen.payload));
      }
      default: return value;
    }
  }

 private:
  std::vector<Val> all(std::span<const Val> values) const {
    std::vector<Val> rebuilt;
    rebuilt.reserve(values.size());
    for (const Val& value : values) rebuilt.push_back(rebuild(value));
    return rebuilt;
  }
  std::optional<Val> optional(const Val* value) const {
    return value == nullptr ? std::nullopt : std::optional(rebuild(*value));
  }

  const std::function<Val(const Val&)>& replace_;
};

}  // namespace

std::vector<Val> owns_in(const Val& value) {
  std::vector<Val> owns;
  replace_handles(value, [&owns](const Val& handle) {
    if (handle.kind() == ValKind::own) owns.push_back(handle);
    return handle;
  });
  return owns;
}

Val replace_handles(const Val& value, const std::function<Val(const Val&)>& replace) {
  return Rebuilding(replace).rebuild(value);
}

}  // namespace holdfast::cli
