/**
 * The tokens of a WIT text, as far as finding packages, worlds and doc comments needs them. Source:
 * component-model, design/mvp/WIT.md, "Lexical structure". Never fails: what is no token is passed over,
 * since the real parser reads the text afterwards and reports it.
 */
export interface WitToken {
  /** `word` covers identifiers, keywords and numbers; `version` is `@1.2.3` with the sign left out. */
  readonly kind: 'word' | 'version' | 'punctuation';
  readonly text: string;
  /** From the text's start, in UTF-16 code units. */
  readonly offset: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The doc comments directly before it, `///` or `/** … *\/`, without their signs. */
  readonly doc?: string;
}

const WORD = /%?[A-Za-z0-9_](?:[A-Za-z0-9_]|-(?!>))*/y;
const VERSION =
  /@(\d+\.\d+\.\d+(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)/y;

export function tokenizeWit(text: string): WitToken[] {
  const tokens: WitToken[] = [];
  let offset = 0;
  let line = 1;
  let lineStart = 0;
  let doc: string[] = [];

  const passTo = (end: number): void => {
    for (
      let next = text.indexOf('\n', offset);
      next !== -1 && next < end;
      next = text.indexOf('\n', next + 1)
    ) {
      line++;
      lineStart = next + 1;
    }
    offset = end;
  };
  const push = (kind: WitToken['kind'], value: string, length: number): void => {
    const place = { offset, end: offset + length, line, column: offset - lineStart + 1 };
    tokens.push({ kind, text: value, ...place, ...(doc.length > 0 && { doc: doc.join('\n') }) });
    doc = [];
    passTo(offset + length);
  };

  while (offset < text.length) {
    if (text.startsWith('//', offset)) {
      const newline = text.indexOf('\n', offset);
      const end = newline === -1 ? text.length : newline;
      if (/^\/\/\/(?!\/)/.test(text.slice(offset, offset + 4))) {
        doc.push(
          text
            .slice(offset + 3, end)
            .replace(/^ /, '')
            .trimEnd(),
        );
      }
      passTo(end);
      continue;
    }
    if (text.startsWith('/*', offset)) {
      const end = endOfBlockComment(text, offset);
      const body = text.slice(offset + 2, end);
      if (body.startsWith('*') && !/^\*[*/]/.test(body)) doc.push(blockDoc(body));
      passTo(end);
      continue;
    }
    VERSION.lastIndex = offset;
    const version = VERSION.exec(text);
    if (version?.[1] !== undefined) {
      push('version', version[1], version[0].length);
      continue;
    }
    WORD.lastIndex = offset;
    const word = WORD.exec(text)?.[0];
    if (word !== undefined) push('word', word, word.length);
    else if (/\s/.test(text[offset] ?? '')) passTo(offset + 1);
    else if (text.startsWith('->', offset)) push('punctuation', '->', 2);
    else push('punctuation', text[offset] ?? '', 1);
  }
  return tokens;
}

/** Block comments nest in WIT. */
function endOfBlockComment(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length;) {
    if (text.startsWith('/*', at)) {
      depth++;
      at += 2;
    } else if (text.startsWith('*/', at)) {
      depth--;
      at += 2;
      if (depth === 0) return at;
    } else {
      at++;
    }
  }
  return text.length;
}

function blockDoc(body: string): string {
  return body
    .slice(1, body.endsWith('*/') ? -2 : undefined)
    .split('\n')
    .map((row) => row.replace(/^\s*\*? ?/, '').trimEnd())
    .join('\n')
    .trim();
}
