/* Fulfils an order: sets its status, under its id, in the key-value store. The counterpart of
   components/fulfilment/fulfilment.ts, which shares nothing with it but the contract. */
#include <string.h>
#include "bindings/fulfilment.h"

#define DIGITS 10

/* The id in decimal, at the end of the buffer. */
static fulfilment_string_t decimal(uint32_t id, uint8_t digits[DIGITS]) {
  size_t at = DIGITS;
  do {
    digits[--at] = '0' + id % 10;
    id /= 10;
  } while (id > 0);
  return (fulfilment_string_t){digits + at, DIGITS - at};
}

void exports_orders_fulfilment_fulfilment_submit(exports_orders_fulfilment_fulfilment_order_t *order) {
  fulfilment_string_t label = {(uint8_t *)"default", strlen("default")};
  fulfilment_list_u8_t status = {(uint8_t *)"fulfilled", strlen("fulfilled")};
  uint8_t digits[DIGITS];
  fulfilment_string_t key = decimal(order->id, digits);
  fermyon_spin_key_value_own_store_t store;
  fermyon_spin_key_value_error_t error;

  /* The contract has no error for this: a trap keeps the order from being answered. */
  if (!fermyon_spin_key_value_static_store_open(&label, &store, &error)) __builtin_trap();
  if (!fermyon_spin_key_value_method_store_set(fermyon_spin_key_value_borrow_store(store), &key, &status, &error))
    __builtin_trap();
  fermyon_spin_key_value_store_drop_own(store);
  fulfilment_string_free(&order->details);
}
