import { jsonOf } from '../../src/contract/json.ts';

/** The JSON mapping inside a component: reads a value and writes it again, or says why it refuses it. */
export function run(type: string, text: string): string {
  try {
    const { fromJson, toJson } = jsonOf(JSON.parse(type) as Parameters<typeof jsonOf>[0]);
    return JSON.stringify(toJson(fromJson(JSON.parse(text), 'value'), 'value'));
  } catch (error) {
    return `refused: ${(error as Error).message}`;
  }
}
