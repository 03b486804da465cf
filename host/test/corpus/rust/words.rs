//! Counts words. Without bindings: what the canonical ABI asks for, by hand.

use std::alloc::{alloc, realloc, Layout};

#[link(wasm_import_module = "$root")]
extern "C" {
    fn log(message: *const u8, length: usize);
}

#[no_mangle]
pub unsafe extern "C" fn cabi_realloc(old: *mut u8, size: usize, align: usize, new: usize) -> *mut u8 {
    if size == 0 {
        alloc(Layout::from_size_align_unchecked(new, align))
    } else {
        realloc(old, Layout::from_size_align_unchecked(size, align), new)
    }
}

#[no_mangle]
pub unsafe extern "C" fn count(text: *mut u8, length: usize) -> u32 {
    let text = String::from_raw_parts(text, length, length);
    let count = text.split_whitespace().count() as u32;
    let message = format!("{} words", count);
    log(message.as_ptr(), message.len());
    count
}
