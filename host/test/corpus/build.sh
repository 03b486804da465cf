#!/usr/bin/env bash
# Builds what is in built/ again. Needs wasm-tools 1.262, Debian 12's clang, lld, wasi-libc, libclang-rt-dev-wasm32,
# rustc and libstd-rust-dev-wasm32, and wit-bindgen 0.63 for the C bindings.
set -euo pipefail
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# wit-component: a module that traps for each world.
for world in provider importer asynchronous; do
  wasm-tools component embed --dummy -w "$world" ../../../wit/every-type -o "$scratch/$world.wasm"
  wasm-tools component new "$scratch/$world.wasm" -o "built/every-type-$world.wasm"
done

# wasm-tools: what jco's copy does not read yet.
wasm-tools parse text/forward.wat -o built/forward.wasm

# C.
for world in counter shout; do
  mkdir "$scratch/$world"
  wit-bindgen c -w "$world" "c/$world.wit" --out-dir "$scratch/$world"
  clang --target=wasm32-wasi -O1 -mexec-model=reactor -Wl,--strip-debug -I "$scratch/$world" \
    "c/$world.c" "$scratch/$world"/*.c "$scratch/$world"/*.o -o "$scratch/$world.wasm"
  wasm-tools component new "$scratch/$world.wasm" -o "built/c-$world.wasm"
done

# Rust without bindings.
/usr/bin/rustc --edition 2021 --target wasm32-unknown-unknown -C opt-level=s -C panic=abort -C strip=debuginfo \
  --crate-type cdylib rust/words.rs -o "$scratch/words.wasm"
wasm-tools component embed rust/words.wit "$scratch/words.wasm" -o "$scratch/embedded.wasm"
wasm-tools component new "$scratch/embedded.wasm" -o built/rust-words.wasm

# Another linker: two of these through wasm-tools compose.
wasm-tools compose -q built/every-type-importer.wasm -d built/every-type-provider.wasm -o built/composed.wasm
