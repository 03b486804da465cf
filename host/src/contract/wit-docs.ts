import { chunksOf, endOfBlock, folderOf, type WitFile } from './wit-packages.ts';
import { idIn } from './wit-source.ts';
import { tokenizeWit, type WitToken } from './wit-tokens.ts';

/**
 * The doc comments of WIT files by what they describe: an interface or world by its id, what is in it after
 * `#` (`orders:fulfilment/fulfilment@0.1.0#submit`), and fields, cases, labels and methods after a dot
 * (`…#order.details`, `…#store.get`, `…#counter.constructor`). An interface written inside a world is called
 * by its plain name there: `name`, `name#function`.
 */
export function docsOf(files: readonly WitFile[]): ReadonlyMap<string, string> {
  const docs = new Map<string, string>();
  for (const file of files) {
    for (const chunk of chunksOf(file)) {
      const id = chunk.package ?? packageOfFolder(files, file.file);
      if (id !== undefined) new DocReader(tokenizeWit(chunk.text), docs).package(id);
    }
  }
  return docs;
}

function packageOfFolder(files: readonly WitFile[], file: string): string | undefined {
  return files
    .filter((other) => folderOf(other.file) === folderOf(file))
    .flatMap((other) => chunksOf(other))
    .find((chunk) => chunk.package !== undefined)?.package;
}

/** Walks declarations by their keywords and braces; types are passed over. */
class DocReader {
  readonly #tokens: readonly WitToken[];
  readonly #docs: Map<string, string>;
  #at = 0;

  constructor(tokens: readonly WitToken[], docs: Map<string, string>) {
    this.#tokens = tokens;
    this.#docs = docs;
  }

  package(id: string): void {
    for (let doc = this.#start(); this.#peek() !== undefined; doc = this.#start()) {
      const keyword = this.#next();
      if (keyword !== 'interface' && keyword !== 'world') {
        this.#skipStatement();
        continue;
      }
      const path = idIn(id, this.#name());
      this.#note(path, doc);
      if (this.#open()) this.#items(`${path}#`);
    }
  }

  /** What stands in an interface or world, up to its closing brace. */
  #items(prefix: string): void {
    for (let doc = this.#start(); this.#inside(); doc = this.#start()) {
      const word = this.#next();
      if (
        word === 'record' ||
        word === 'variant' ||
        word === 'enum' ||
        word === 'flags' ||
        word === 'resource'
      ) {
        const path = prefix + this.#name();
        this.#note(path, doc);
        if (!this.#open()) this.#skipStatement();
        else if (word === 'resource') this.#methods(`${path}.`);
        else this.#members(`${path}.`);
      } else if (word === 'type') {
        this.#note(prefix + this.#name(), doc);
        this.#skipStatement();
      } else if ((word === 'import' || word === 'export') && this.#peek(1) === ':') {
        this.#externs(prefix, doc);
      } else {
        if (this.#peek() === ':') this.#note(prefix + unescaped(word), doc);
        this.#skipStatement();
      }
    }
    this.#at++;
  }

  /** `import name: func(…)`, `export name: interface { … }`, or `import ns:pkg/name` of another package. */
  #externs(prefix: string, doc: string | undefined): void {
    const name = this.#name();
    const what = this.#peek(1);
    if (what === 'interface') {
      this.#at += 2;
      this.#note(name, doc);
      if (this.#open()) this.#items(`${name}#`);
      return;
    }
    if (what === 'func' || what === 'async') this.#note(prefix + name, doc);
    this.#skipStatement();
  }

  #methods(prefix: string): void {
    for (let doc = this.#start(); this.#inside(); doc = this.#start()) {
      this.#note(prefix + this.#name(), doc);
      this.#skipStatement();
    }
    this.#at++;
  }

  /** Fields, cases or labels: names with a comma between them, with types in between. */
  #members(prefix: string): void {
    for (let doc = this.#start(); this.#inside(); doc = this.#start()) {
      this.#note(prefix + this.#name(), doc);
      for (let depth = 0; this.#inside() || depth > 0;) {
        const text = this.#next();
        if (text === '<' || text === '(') depth++;
        else if (text === '>' || text === ')') depth--;
        else if (text === ',' && depth === 0) break;
        else if (text === '') break;
      }
    }
    this.#at++;
  }

  /** The doc comment of what comes next, before its attributes (`@since(…)`), which are passed over. */
  #start(): string | undefined {
    let doc = this.#tokens[this.#at]?.doc;
    while (this.#peek() === '@') {
      this.#at += 2;
      if (this.#peek() === '(') while (this.#next() !== ')' && this.#peek() !== undefined);
      doc ??= this.#tokens[this.#at]?.doc;
    }
    return doc;
  }

  #note(path: string, doc: string | undefined): void {
    if (doc !== undefined && doc !== '') this.#docs.set(path, doc);
  }

  #skipStatement(): void {
    while (this.#peek() !== undefined) {
      if (this.#peek() === '{') {
        this.#at = endOfBlock(this.#tokens, this.#at) + 1;
        if (this.#peek() !== ';') return;
      } else if (this.#peek() === '}') return;
      else if (this.#next() === ';') return;
    }
  }

  #open(): boolean {
    if (this.#peek() !== '{') return false;
    this.#at++;
    return true;
  }

  #inside(): boolean {
    return this.#peek() !== undefined && this.#peek() !== '}';
  }

  #peek(ahead = 0): string | undefined {
    return this.#tokens[this.#at + ahead]?.text;
  }

  #next(): string {
    return this.#tokens[this.#at++]?.text ?? '';
  }

  #name(): string {
    return unescaped(this.#next());
  }
}

function unescaped(name: string): string {
  return name.replace(/^%/, '');
}
