#include <stdlib.h>
#include "counter.h"

struct exports_test_counter_counters_counter_t {
  uint64_t count;
};

typedef exports_test_counter_counters_counter_t counter_state;

exports_test_counter_counters_own_counter_t exports_test_counter_counters_constructor_counter(uint32_t start) {
  counter_state *state = malloc(sizeof *state);
  state->count = start;
  return exports_test_counter_counters_counter_new(state);
}

void exports_test_counter_counters_method_counter_add(counter_state *state,
                                                      exports_test_counter_counters_list_step_t *steps,
                                                      exports_test_counter_counters_outcome_t *outcome) {
  for (size_t at = 0; at < steps->len; at++) state->count += steps->ptr[at].by;
  if (state->count > 1000) {
    outcome->tag = EXPORTS_TEST_COUNTER_COUNTERS_OUTCOME_TOO_LARGE;
    counter_string_dup(&outcome->val.too_large, "too large");
  } else {
    outcome->tag = EXPORTS_TEST_COUNTER_COUNTERS_OUTCOME_DONE;
    outcome->val.done = state->count;
  }
  exports_test_counter_counters_list_step_free(steps);
}

void exports_test_counter_counters_counter_destructor(counter_state *state) {
  free(state);
}
