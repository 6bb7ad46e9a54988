// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "holdfast/component/validate/names.hpp"

#include <algorithm>
#include <array>

#include "holdfast/component/causes/cause.hpp"
#include "holdfast/component/types/intern_table.hpp"
#include "holdfast/component/validate/semver.hpp"

namespace holdfast::component {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

bool is_base64(std::string_view text) {
  std::size_t padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_plain = is_lower(c) || is_upper(c) || is_digit(c) || c == '+' || c == '/';
    if (is_plain && padding == 0) continue;
    if (c != '=' || i == 0 || padding == 2) return false;
    ++padding;
  }
  return !text.empty();
}

/// Parses a name from left to right; `rest_` is the part that is not parsed yet.
class NameParser {
 public:
  NameParser(std::string_view name, const Features& features) : rest_(name), features_(features) {}

  HostResult<ExternNameParts> parse() {
    HOLDFAST_TRY_ASSIGN(ExternNameParts parts, parse_kind());
    if (!rest_.empty()) return refuse(Cause::trailing_characters, {rest_});
    return parts;
  }

 private:
  HostResult<ExternNameParts> parse_kind() {
    ExternNameParts parts;
    if (eat("[constructor]")) {
      parts.kind = ExternNameKind::constructor;
      parts.resource = rest_;
      HOLDFAST_TRY(expect_label());
    } else if (eat("[method]")) {
      parts.kind = ExternNameKind::method;
      HOLDFAST_TRY(parse_member(parts));
    } else if (eat("[static]")) {
      parts.kind = ExternNameKind::static_;
      HOLDFAST_TRY(parse_member(parts));
    } else if (eat("unlocked-dep=")) {
      parts.kind = ExternNameKind::dependency;
      HOLDFAST_TRY(parse_unlocked_dependency());
    } else if (eat("locked-dep=")) {
      parts.kind = ExternNameKind::dependency;
      HOLDFAST_TRY(parse_locked_dependency());
    } else if (eat("url=")) {
      parts.kind = ExternNameKind::url;
      HOLDFAST_TRY(parse_url());
    } else if (eat("integrity=")) {
      parts.kind = ExternNameKind::hash;
      HOLDFAST_TRY(expect("<"));
      HOLDFAST_TRY(parse_hash());
      HOLDFAST_TRY(expect(">"));
    } else if (rest_.find(':') != std::string_view::npos) {
      parts.kind = ExternNameKind::interface;
      HOLDFAST_TRY(parse_interface(parts));
    } else {
      HOLDFAST_TRY(expect_label());
    }
    return parts;
  }

  HostResult<void> parse_member(ExternNameParts& parts) {
    HOLDFAST_TRY_ASSIGN(parts.resource, take_up_to('.'));
    rest_.remove_prefix(1);
    HOLDFAST_TRY(check_label(parts.resource));
    parts.member = rest_;
    return expect_label();
  }

  HostResult<void> parse_interface(ExternNameParts& parts) {
    HOLDFAST_TRY(parse_package_path(true));
    if (!eat("@")) return {};
    parts.has_version = true;
    parts.version = rest_;
    rest_ = {};
    return {};
  }

  // 'unlocked-dep=<' <pkgpath> ( '@*' | '@{' <range> '}' )? '>'
  HostResult<void> parse_unlocked_dependency() {
    HOLDFAST_TRY(expect("<"));
    HOLDFAST_TRY(parse_package_path(false));
    if (eat("@") && !eat("*")) {
      HOLDFAST_TRY(expect("{"));
      HOLDFAST_TRY_ASSIGN(const std::string_view range, take_up_to('}'));
      HOLDFAST_TRY(expect("}"));
      HOLDFAST_TRY(check_range(range));
    }
    return expect(">");
  }

  // 'locked-dep=<' <pkgpath> ( '@' <version> )? '>' ( ',' <hash> )?
  HostResult<void> parse_locked_dependency() {
    HOLDFAST_TRY(expect("<"));
    HOLDFAST_TRY(parse_package_path(false));
    if (eat("@")) {
      const std::size_t end = std::min(rest_.find('>'), rest_.size());
      const std::string_view version = rest_.substr(0, end);
      rest_.remove_prefix(end);
      HOLDFAST_TRY(check_version(version));
    }
    HOLDFAST_TRY(expect(">"));
    return parse_optional_hash();
  }

  HostResult<void> parse_url() {
    HOLDFAST_TRY(expect("<"));
    HOLDFAST_TRY_ASSIGN(const std::string_view url, take_up_to('>'));
    if (url.find('<') != std::string_view::npos) return refuse(Cause::url_bracket);
    HOLDFAST_TRY(expect(">"));
    return parse_optional_hash();
  }

  HostResult<void> parse_optional_hash() {
    if (!eat(",")) return {};
    HOLDFAST_TRY(expect("integrity=<"));
    HOLDFAST_TRY(parse_hash());
    return expect(">");
  }

  HostResult<void> parse_hash() {
    HOLDFAST_TRY_ASSIGN(std::string_view hashes, take_up_to('>'));
    constexpr std::string_view blanks = " \t\n\f\r\v";
    bool any = false;
    while (true) {
      const std::size_t start = hashes.find_first_not_of(blanks);
      if (start == std::string_view::npos) break;
      hashes.remove_prefix(start);
      const std::string_view hash = hashes.substr(0, hashes.find_first_of(blanks));
      hashes.remove_prefix(hash.size());
      HOLDFAST_TRY(check_hash(hash));
      any = true;
    }
    if (!any) return refuse(Cause::hash_empty);
    return {};
  }

  HostResult<void> check_hash(std::string_view hash) {
    constexpr std::array<std::string_view, 3> algorithms = {"sha256", "sha384", "sha512"};
    const auto known = std::find_if(algorithms.begin(), algorithms.end(),
                                    [hash](std::string_view algorithm) { return hash.starts_with(algorithm); });
    if (known == algorithms.end()) return refuse(Cause::hash_algorithm, {hash});
    std::string_view digest = hash.substr(known->size());
    if (!digest.starts_with('-')) return refuse(Cause::hash_hyphen, {hash});
    digest.remove_prefix(1);
    digest = digest.substr(0, digest.find('?'));
    if (!is_base64(digest)) return refuse(Cause::hash_base64, {digest});
    return {};
  }

  // <namespace> ':' <label> ( '/' <label> )?
  HostResult<void> parse_package_path(bool needs_projection) {
    HOLDFAST_TRY(take_lower_label());
    HOLDFAST_TRY(expect(":"));
    HOLDFAST_TRY(take_lower_label());
    while (features_.nested_names && eat(":")) HOLDFAST_TRY(take_lower_label());
    if (eat("/")) {
      HOLDFAST_TRY(take_label());
      while (features_.nested_names && eat("/")) HOLDFAST_TRY(take_label());
    } else if (needs_projection) {
      return refuse(Cause::expected_slash);
    }
    return {};
  }

  // '*' | '>=' <version> ( ' <' <version> )? | '<' <version>
  HostResult<void> check_range(std::string_view range) {
    if (range == "*") return {};
    if (range.starts_with(">=")) {
      range.remove_prefix(2);
      const std::size_t blank = range.find(' ');
      HOLDFAST_TRY(check_version(range.substr(0, blank)));
      if (blank == std::string_view::npos) return {};
      const std::string_view upper = range.substr(blank + 1);
      if (!upper.starts_with('<')) return refuse(Cause::range_upper);
      return check_version(upper.substr(1));
    }
    if (range.starts_with('<')) return check_version(range.substr(1));
    return refuse(Cause::range_start);
  }

  HostResult<void> check_version(std::string_view version) {
    if (const auto result = check_semver(version); !result)
      return refuse(Cause::not_semver, {version, result.error().cause()});
    return {};
  }

  HostResult<void> check_label(std::string_view label) {
    if (!is_kebab_case(label)) return refuse(Cause::not_kebab, {label});
    return {};
  }

  HostResult<void> expect_label() {
    const std::string_view label = rest_;
    rest_ = {};
    return check_label(label);
  }

  HostResult<std::string_view> take_label() {
    std::size_t length = 0;
    while (length < rest_.size() &&
           (is_lower(rest_[length]) || is_upper(rest_[length]) || is_digit(rest_[length]) || rest_[length] == '-'))
      ++length;
    const std::string_view label = rest_.substr(0, length);
    rest_.remove_prefix(length);
    HOLDFAST_TRY(check_label(label));
    return label;
  }

  HostResult<void> take_lower_label() {
    HOLDFAST_TRY_ASSIGN(const std::string_view label, take_label());
    const auto upper = std::find_if(label.begin(), label.end(), is_upper);
    if (upper != label.end()) return refuse(Cause::not_lowercase, {std::string_view(&*upper, 1)});
    return {};
  }

  HostResult<std::string_view> take_up_to(char end) {
    const std::size_t length = rest_.find(end);
    if (length == std::string_view::npos) return refuse(Cause::character_missing, {std::string_view(&end, 1)});
    const std::string_view part = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return part;
  }

  bool eat(std::string_view prefix) {
    if (!rest_.starts_with(prefix)) return false;
    rest_.remove_prefix(prefix.size());
    return true;
  }

  HostResult<void> expect(std::string_view prefix) {
    if (!eat(prefix)) return refuse(Cause::expected_at, {prefix, rest_});
    return {};
  }

  std::string_view rest_;
  const Features& features_;
};

}  // namespace

bool is_kebab_case(std::string_view text) noexcept {
  enum class Word { none, lower, upper, digits };
  Word word = Word::none;
  bool is_first = true;
  for (const char c : text) {
    if (c == '-') {
      if (word == Word::none) return false;
      word = Word::none;
      is_first = false;
    } else if (is_digit(c)) {
      if (word == Word::none && is_first) return false;
      if (word == Word::none) word = Word::digits;
    } else if (is_lower(c)) {
      if (word == Word::upper) return false;
      word = Word::lower;
    } else if (is_upper(c)) {
      if (word == Word::lower) return false;
      word = Word::upper;
    } else {
      return false;
    }
  }
  return word != Word::none;
}

HostResult<ExternNameParts> parse_extern_name(std::string_view name, const Features& features) {
  return NameParser(name, features).parse();
}

UniquenessKey uniqueness_key(std::string_view name, const ExternNameParts& parts) {
  using Kind = UniquenessKey::Kind;
  switch (parts.kind) {
    case ExternNameKind::label: return {Kind::label, name, {}, name};
    case ExternNameKind::constructor: return {Kind::constructor, parts.resource, {}, name};
    case ExternNameKind::method:
    case ExternNameKind::static_:
      // In many languages `[method]a.a` and `[static]a.a` would get the same name as `a`.
      if (types::equal_ignoring_case(parts.resource, parts.member)) return {Kind::label, parts.resource, {}, name};
      return {Kind::member, parts.resource, parts.member, name};
    case ExternNameKind::interface: {
      const std::string_view path = name.substr(0, name.find('@'));
      return {Kind::interface, path, name.substr(path.size()), name};
    }
    case ExternNameKind::dependency:
    case ExternNameKind::url:
    case ExternNameKind::hash: break;
  }
  return {Kind::other, name, {}, name};
}

bool operator==(const UniquenessKey& a, const UniquenessKey& b) {
  if (a.kind != b.kind) return false;
  if (a.kind == UniquenessKey::Kind::other) return a.resource == b.resource;
  if (!types::equal_ignoring_case(a.resource, b.resource)) return false;
  return a.kind == UniquenessKey::Kind::interface ? a.member == b.member
                                                  : types::equal_ignoring_case(a.member, b.member);
}

std::size_t UniquenessHash::operator()(const UniquenessKey& key) const noexcept {
  auto hash = static_cast<std::size_t>(key.kind);
  types::mix(hash, types::hash_ignoring_case(key.resource));
  types::mix(hash, types::hash_ignoring_case(key.member));
  return hash;
}

}  // namespace holdfast::component
