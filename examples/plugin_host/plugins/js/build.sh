#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Makes a component from plugin.js. The first run installs the npm packages into TOOLS_DIRECTORY, some 340 MB (exact
# versions: package-lock.json). Nothing is written beside the sources.
#
#   build.sh WIT_DIRECTORY TOOLS_DIRECTORY OUTPUT.wasm auto|on
#
# If the packages cannot be installed or do not work here, the reason is written to OUTPUT.left_out.txt. With `auto` the
# exit code is 0 then, with `on` it is 1.
set -eu

wit=$1 tools=$2 output=$3 mode=$4
source=$(cd "$(dirname "$0")" && pwd)
log=$tools/npm.log
left_out=${output%.wasm}.left_out.txt

leave_out() {
  rm -f "$output"
  echo "$1" >"$left_out"
  echo "JavaScript plugin left out: $1" >&2
  if [ "$mode" = on ]; then exit 1; fi
  exit 0
}

mkdir -p "$tools"
# The copy of the lock file is written last: it shows that the installation is complete.
if ! cmp -s "$source/package-lock.json" "$tools/installed-lock.json"; then
  echo "installing the JavaScript toolchain (npm, about 340 MB, into $tools)"
  rm -f "$tools/installed-lock.json"
  cp "$source/package.json" "$source/package-lock.json" "$tools/"
  # Not `npm ci`, which demands lock entries for the native parts of every other platform.
  (cd "$tools" && npm install --no-audit --no-fund --fetch-retries=1 --fetch-retry-mintimeout=500) >"$log" 2>&1 ||
    leave_out "npm could not install its packages (see $log)"
  cp "$source/package-lock.json" "$tools/installed-lock.json"
fi

# jco needs relative paths inside its working directory.
work=${output%.wasm}.work
rm -rf "$work"
mkdir -p "$work"
cp "$source/plugin.js" "$work/"
cp -R "$wit" "$work/wit"
cd "$work"
# Synchronous and without WASI: the plugin imports `kv` and nothing else.
"$tools/node_modules/.bin/jco" componentize plugin.js --wit wit --world-name plugin --backend quickjs \
  --backend-qjs-disable-async --backend-qjs-stub-wasi --out plugin.wasm ||
  leave_out "jco could not make a component from plugin.js (see the build's output)"
rm -f "$left_out"
mv plugin.wasm "$output"
