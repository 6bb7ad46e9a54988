// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// All codecs of abi/, for code whose users choose the types (embed/).
#pragma once

// IWYU pragma: begin_exports
#include "holdfast/abi/codec/dynamic.hpp"
#include "holdfast/abi/codec/flags.hpp"
#include "holdfast/abi/codec/lists.hpp"
#include "holdfast/abi/codec/maps.hpp"
#include "holdfast/abi/codec/records.hpp"
#include "holdfast/abi/codec/scalars.hpp"
#include "holdfast/abi/codec/signature.hpp"
#include "holdfast/abi/codec/strings.hpp"
#include "holdfast/abi/codec/variants.hpp"
// IWYU pragma: end_exports
