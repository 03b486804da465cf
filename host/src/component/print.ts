import type { AnyType } from './substitute.ts';
import type { ExternType, FuncType, ValueType } from './types.ts';

/** How long a printed type may get before it is cut: it stands in a message. */
const LONGEST = 240;

export interface PrintOptions {
  /** The name to print instead of a named type, where it has one; the outermost type is always spelt out. */
  readonly nameOf?: (type: AnyType) => string | undefined;
  /** How long the text may get before it is cut; as long as fits a message if absent. */
  readonly longest?: number;
}

/** A type as in WIT, on one line, cut at a length that a message can hold. */
export function printType(type: AnyType, options: PrintOptions = {}): string {
  const printer = new Printer(options);
  printer.any(type, true);
  return printer.text;
}

/** An import or export as in WIT: `func(order: record { … })`, `resource`, `interface { … }`. */
export function printExtern(extern: ExternType, options: PrintOptions = {}): string {
  if (extern.kind === 'core-module') return 'core module';
  if (extern.kind === 'value') return `value ${printType(extern.type, options)}`;
  if (extern.kind === 'type' && extern.type.kind !== 'resource')
    return `type ${printType(extern.type, options)}`;
  return printType(extern.type, options);
}

class Printer {
  text = '';
  private readonly nameOf: (type: AnyType) => string | undefined;
  private readonly longest: number;

  constructor(options: PrintOptions) {
    this.longest = options.longest ?? LONGEST;
    this.nameOf = options.nameOf ?? (() => undefined);
  }

  any(type: AnyType, outermost = false): void {
    if (this.text.length > this.longest) {
      if (!this.text.endsWith('…')) this.text += '…';
      return;
    }
    const name = outermost ? undefined : this.nameOf(type);
    if (name !== undefined) {
      this.add(name);
      return;
    }
    switch (type.kind) {
      case 'resource':
        return this.add(outermost ? `resource ${type.label}` : type.label);
      case 'func':
        return this.func(type);
      case 'instance':
        return this.block('interface', type.exports);
      case 'component':
        return this.block('component', type.exports);
      default:
        return this.value(type);
    }
  }

  private add(text: string): void {
    if (this.text.length <= this.longest) this.text += text;
  }

  private func(type: FuncType): void {
    this.add(type.async ? 'async func(' : 'func(');
    this.list(type.params, (param) => {
      this.add(`${param.name}: `);
      this.any(param.type);
    });
    this.add(')');
    if (!type.result) return;
    this.add(' -> ');
    this.any(type.result);
  }

  private block(keyword: string, externs: ReadonlyMap<string, ExternType>): void {
    this.add(
      `${keyword} { ${[...externs.keys()].slice(0, 20).join(', ')}${externs.size > 20 ? ', …' : ''} }`,
    );
  }

  private value(type: ValueType): void {
    switch (type.kind) {
      case 'primitive':
        return this.add(type.name);
      case 'record':
        return this.braced('record', type.fields, (field) => {
          this.add(`${field.name}: `);
          this.any(field.type);
        });
      case 'variant':
        return this.braced('variant', type.cases, (c) => {
          this.add(c.name);
          if (c.type) this.generic('', c.type);
        });
      case 'flags':
      case 'enum':
        return this.braced(type.kind, type.names, (name) => this.add(name));
      case 'list':
        return this.angled('list', type.element);
      case 'fixed-list':
        this.add('list<');
        this.any(type.element);
        return this.add(`, ${type.length}>`);
      case 'map':
        return this.angled('map', type.key, type.value);
      case 'tuple':
        return this.angled('tuple', ...type.elements);
      case 'option':
        return this.angled('option', type.value);
      case 'result':
        if (!type.ok && !type.err) return this.add('result');
        if (!type.err) return this.angled('result', type.ok);
        return this.angled('result', type.ok, type.err);
      case 'own':
        return this.any(type.resource);
      case 'borrow':
        return this.angled('borrow', type.resource);
      case 'stream':
        return type.element ? this.angled('stream', type.element) : this.add('stream');
      case 'future':
        return type.value ? this.angled('future', type.value) : this.add('future');
    }
  }

  private generic(keyword: string, type: ValueType): void {
    this.add(`${keyword}(`);
    this.any(type);
    this.add(')');
  }

  private angled(keyword: string, ...types: (AnyType | undefined)[]): void {
    this.add(`${keyword}<`);
    this.list(types, (type) => (type ? this.any(type) : this.add('_')));
    this.add('>');
  }

  private braced<T>(keyword: string, items: readonly T[], print: (item: T) => void): void {
    this.add(`${keyword} { `);
    this.list(items, print);
    this.add(' }');
  }

  private list<T>(items: readonly T[], print: (item: T) => void): void {
    for (const [at, item] of items.entries()) {
      if (this.text.length > this.longest) {
        this.text += this.text.endsWith('…') ? '' : '…';
        return;
      }
      if (at > 0) this.add(', ');
      print(item);
    }
  }
}
