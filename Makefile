# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The front door. `make run` and `make test` need nothing before them; the rest is for daily work.
# All real rules are in CMake and in tools/setup.
SHELL := /bin/bash
JOBS ?= $(shell nproc)

# Another version of the engine gets a build folder of its own. It links the objects of the default build, and compiles
# only what includes the engine's headers.
BUILD ?= build$(if $(WASMTIME_VERSION),/wasmtime-$(WASMTIME_VERSION))
ENGINE := -DHOLDFAST_WASMTIME_VERSION=$(WASMTIME_VERSION) -DWASMTIME_ROOT=$(WASMTIME_ROOT) \
  -DHOLDFAST_OBJECTS_FROM=$(if $(WASMTIME_VERSION),$(CURDIR)/build)

CONFIGURE = cmake --preset release -B $(BUILD) $(ENGINE)
OURS = git ls-files --cached --others --exclude-standard '*.cpp' '*.hpp'

.PHONY: help setup build run test bench asan tsan noexcept embedded clang fuzz format lint

help:
	@echo 'make run     set-up, build of the demo, demo'
	@echo 'make test    set-up, build, all tests'
	@echo 'make bench   benchmarks beside their peers (docs/benchmarks.md)'
	@echo 'make setup | build | asan | tsan | noexcept | embedded | clang | fuzz | format | lint'

setup:
	@tools/setup test

# The demo needs no test library; a build folder that has tests keeps them.
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

# BENCH_FLAGS are those of bench/run.py, for instance --quick.
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
