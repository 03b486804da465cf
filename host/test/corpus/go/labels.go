// Package main is a component in Go without generated bindings: what it takes and gives lies in its memory as the
// canonical ABI has it.
package main

import (
	"fmt"
	"strings"
	"unsafe"
)

// kept holds what the other side was given room for, or is given, until the next call: nothing else refers to it.
var kept [][]byte

//go:wasmexport cabi_realloc
func realloc(old unsafe.Pointer, oldSize, align, size uint32) unsafe.Pointer {
	// Go's larger blocks start at multiples of eight, and nothing here asks for more.
	block := make([]byte, max(size, 8))
	copy(block, unsafe.Slice((*byte)(old), oldSize))
	kept = append(kept, block)
	return unsafe.Pointer(&block[0])
}

//go:wasmimport t:labels/prices price
func importedPrice(sku unsafe.Pointer, length uint32, result unsafe.Pointer)

type optionalPrice struct {
	some  uint8
	price uint32
}

func priceOf(sku string) (uint32, bool) {
	var result optionalPrice
	importedPrice(unsafe.Pointer(unsafe.StringData(sku)), uint32(len(sku)), unsafe.Pointer(&result))
	return result.price, result.some == 1
}

// answer is a result<string, problem>: whether it failed, then the text, or which problem and its text.
var answer [4]uint32

// say puts a text where the other side will read it.
func say(text string) (data, length uint32) {
	block := []byte(text + " ")
	kept = append(kept, block)
	return uint32(uintptr(unsafe.Pointer(&block[0]))), uint32(len(text))
}

//go:wasmexport t:labels/labels#label
func exportedLabel(sku unsafe.Pointer, length uint32, count uint32) unsafe.Pointer {
	name := unsafe.String((*byte)(sku), length)
	price, known := priceOf(name)
	switch {
	case name == "":
		answer = [4]uint32{1, 0}
	case !known:
		data, length := say(name)
		answer = [4]uint32{1, 1, data, length}
	default:
		data, length := say(fmt.Sprintf("%d x %s at %d", count, strings.ToUpper(name), price))
		answer = [4]uint32{0, data, length}
	}
	return unsafe.Pointer(&answer)
}

//go:wasmexport cabi_post_t:labels/labels#label
func afterLabel(unsafe.Pointer) {
	kept = nil
}

type item struct {
	sku    uint32
	length uint32
	count  uint32
}

//go:wasmexport t:labels/labels#total
func exportedTotal(items unsafe.Pointer, length uint32) uint64 {
	var sum uint64
	for _, one := range unsafe.Slice((*item)(items), length) {
		sku := unsafe.String((*byte)(unsafe.Pointer(uintptr(one.sku))), one.length)
		price, _ := priceOf(sku)
		sum += uint64(price) * uint64(one.count)
	}
	kept = nil
	return sum
}

func main() {}
