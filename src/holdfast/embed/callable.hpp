// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The parameters and result of a C++ callable that becomes a host function: a function pointer, a member function (its
// object becomes the first parameter), or a lambda or other object with one call operator.
#pragma once

#include <functional>
#include <tuple>
#include <type_traits>

namespace holdfast::embed {

template <class R, class... A>
struct Signature {
  using Result = R;
  using Parameters = std::tuple<A...>;  // as declared, references included
};

template <class F>
struct CallOperator;
template <class C, class R, class... A>
struct CallOperator<R (C::*)(A...)> : Signature<R, A...> {};
template <class C, class R, class... A>
struct CallOperator<R (C::*)(A...) const> : Signature<R, A...> {};
template <class C, class R, class... A>
struct CallOperator<R (C::*)(A...) noexcept> : Signature<R, A...> {};
template <class C, class R, class... A>
struct CallOperator<R (C::*)(A...) const noexcept> : Signature<R, A...> {};

template <class F>
struct Callable : CallOperator<decltype(&F::operator())> {};
template <class R, class... A>
struct Callable<R (*)(A...)> : Signature<R, A...> {};
template <class R, class... A>
struct Callable<R (*)(A...) noexcept> : Signature<R, A...> {};
template <class C, class R, class... A>
struct Callable<R (C::*)(A...)> : Signature<R, C&, A...> {};
template <class C, class R, class... A>
struct Callable<R (C::*)(A...) const> : Signature<R, const C&, A...> {};
template <class C, class R, class... A>
struct Callable<R (C::*)(A...) noexcept> : Signature<R, C&, A...> {};
template <class C, class R, class... A>
struct Callable<R (C::*)(A...) const noexcept> : Signature<R, const C&, A...> {};

}  // namespace holdfast::embed
