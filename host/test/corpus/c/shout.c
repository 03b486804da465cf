#include <ctype.h>
#include <string.h>
#include <stdlib.h>
#include "shout.h"

/* All words from the first on, as `words` goes on, in capitals. */
void exports_shout_shout(shout_string_t *first, shout_string_t *result) {
  shout_string_t word = *first, next;
  result->ptr = NULL;
  result->len = 0;
  for (;;) {
    result->ptr = realloc(result->ptr, result->len + word.len + 1);
    for (size_t at = 0; at < word.len; at++) result->ptr[result->len++] = toupper(word.ptr[at]);
    if (!test_shout_words_next(&word, &next)) break;
    result->ptr[result->len++] = ' ';
    shout_string_free(&word);
    word = next;
  }
  shout_string_free(&word);
}
