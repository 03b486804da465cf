/** Where generated modules find what they import: absolute files, or whatever a bundler understands. */
export interface RuntimeModules {
  /** Of the guest, named as in its sources: `messaging/call-mqtt.ts`. */
  guest(module: string): string;
  /** Of the room `contract`: `json.ts`. */
  contract(module: string): string;
}

/** An import line of TypeScript. */
export function importLine(names: readonly string[], from: string): string {
  return `import { ${names.join(', ')} } from ${JSON.stringify(from)};\n`;
}

/** The members of an object that are there, as TypeScript text. */
export function objectText(members: Readonly<Record<string, string | undefined>>): string {
  const parts = Object.entries(members).flatMap(([name, text]) =>
    text === undefined ? [] : [`${name}: ${text}`],
  );
  return `{ ${parts.join(', ')} }`;
}
