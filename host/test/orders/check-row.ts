import { expect } from 'vitest';
import type { Row } from './http-table.ts';

/** Holds an answer against its row. */
export async function checkRow(row: Row, response: Response): Promise<void> {
  const body = await response.text();
  expect(`${response.status} ${body}`).toMatch(new RegExp(`^${row.status} `));
  if (row.json) expect(JSON.parse(body)).toMatchObject(row.json);
  if (row.text !== undefined) expect(body).toBe(row.text);
  for (const [name, value] of Object.entries(row.answerHeaders ?? {})) {
    expect(response.headers.get(name)).toBe(value);
  }
}
