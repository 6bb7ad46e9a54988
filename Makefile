# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Start here: `make run` and `make test` work in a fresh clone. The other targets are for daily work.
# The actual build rules are in CMake and tools/setup.
SHELL := /bin/bash
JOBS ?= $(shell nproc)

# Each version of the engine other than the default has its own build folder. It links the objects of the default
# build, and compiles only the files that include the engine's headers.
BUILD ?= build$(if $(WASMTIME_VERSION),/wasmtime-$(WASMTIME_VERSION))
ENGINE := -DHOLDFAST_WASMTIME_VERSION=$(WASMTIME_VERSION) -DWASMTIME_ROOT=$(WASMTIME_ROOT) \
  -DHOLDFAST_OBJECTS_FROM=$(if $(WASMTIME_VERSION),$(CURDIR)/build)

CONFIGURE = cmake --preset release -B $(BUILD) $(ENGINE)
OURS = git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp'

# The text parser of newer engines accepts the older form of references, which our tests use too, only with this.
export WAST_STRICT_COMPONENT_INDICES ?= 0

.PHONY: help setup build run test bench asan tsan noexcept embedded clang fuzz format lint

help:
	@echo 'make run       installs what the demo needs, builds it and runs it'
	@echo 'make test      installs the rest, builds everything and runs all tests'
	@echo 'make setup     installs what the build and the tests need'
	@echo 'make build     builds everything in build/'
	@echo 'make bench     runs the benchmarks, and their peers (docs/benchmarks.md)'
	@echo 'make asan      builds and tests with AddressSanitizer and UndefinedBehaviorSanitizer'
	@echo 'make tsan      builds and tests with ThreadSanitizer'
	@echo 'make noexcept  builds and tests the freestanding layers without exceptions and RTTI'
	@echo 'make embedded  builds and tests the freestanding layers on an emulated Cortex-M3'
	@echo 'make clang     builds and tests with clang'
	@echo 'make fuzz      runs each fuzz target for FUZZ_SECONDS (60)'
	@echo 'make format    formats the sources'
	@echo 'make lint      checks the format of the sources and runs clang-tidy'

setup:
	@tools/setup test

# The demo needs no test library, so a new build folder has no tests. An existing folder keeps its setting.
run:
	@tools/setup run
	@$(CONFIGURE) $(if $(wildcard $(BUILD)/CMakeCache.txt),,-DHOLDFAST_TESTS=OFF) --log-level=WARNING > /dev/null
	@cmake --build $(BUILD) --parallel $(JOBS) --target plugin_host
	@$(BUILD)/bin/plugin_host

build: setup
	@$(if $(WASMTIME_VERSION),$(MAKE) --no-print-directory build WASMTIME_VERSION= WASMTIME_ROOT=)
	@$(CONFIGURE) -DHOLDFAST_TESTS=ON
	@cmake --build $(BUILD) --parallel $(JOBS)

test: build
	@ctest --test-dir $(BUILD) --output-on-failure --no-tests=error --parallel $(JOBS)

# BENCH_FLAGS are options of bench/run.py, for example --quick.
bench:
	@tools/setup bench
	@$(CONFIGURE) --log-level=WARNING > /dev/null
	@cmake --build $(BUILD) --parallel $(JOBS) --target bench_programs
	@bench/run.py --bench $(BUILD)/bench $(BENCH_FLAGS)

asan tsan noexcept clang: setup
	@tools/setup fuzz
	@cmake --preset $@ -DHOLDFAST_WASMTIME_VERSION=$(WASMTIME_VERSION) -DWASMTIME_ROOT=$(WASMTIME_ROOT)
	@cmake --build --preset $@ --parallel $(JOBS)
	@ctest --preset $@ --parallel $(JOBS)

# The freestanding layers on a bare Cortex-M3, in an emulator.
embedded:
	@tools/setup embedded
	@cmake --preset embedded
	@cmake --build --preset embedded --parallel $(JOBS)
	@ctest --preset embedded --parallel $(JOBS)

# Each target runs for that many seconds. The targets are part of the build of `make asan`.
FUZZ_SECONDS ?= 60
fuzz: setup
	@tools/setup fuzz
	@cmake --preset asan -DHOLDFAST_WASMTIME_VERSION=$(WASMTIME_VERSION) -DWASMTIME_ROOT=$(WASMTIME_ROOT)
	@cmake --build --preset fuzz --parallel $(JOBS)
	@fuzz/run_fuzzers.sh build/asan $(FUZZ_SECONDS)

format:
	@tools/setup lint
	@$(OURS) | xargs clang-format-19 -i

# LINT_SINCE=REVISION reads only what changed after it.
lint:
	@tools/setup test lint
	@$(CONFIGURE) -DHOLDFAST_TESTS=ON --log-level=WARNING > /dev/null
	@tools/lint $(BUILD) --jobs $(JOBS) $(if $(LINT_SINCE),--since $(LINT_SINCE))
