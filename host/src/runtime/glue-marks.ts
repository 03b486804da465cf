import { replaced } from './glue-text.ts';

/** Where the glue makes instances: its third parameter brings what it marks with. */
const BEGIN = /export function instantiate\(getCoreModule, imports, instantiateCore = .*\{\n/g;
const BEGIN_SIGN = /export function instantiate\(/g;
/** Every write of a single value, by a view that is made for it. */
const VALUE = /dataView\((memory\d+)\)\.set(\w+)\(([^,()]+), /g;
const VALUE_SIGN = /dataView\(memory\d+\)\.set/g;
/** A view of many bytes that is written through: all but those that are read from. */
const RANGE = /(?<!decode\(|\.set\()new (\w+Array)\((memory\d*)\.buffer, (\w+), (\w+)\)/g;
/** Where it takes an allocator from an instance. */
const ALLOCATOR = /^( *realloc\d+) = (exports\d+\b.*);$/gm;
const ALLOCATOR_SIGN = /^ *realloc\d+ = exports/gm;

const NO_MARKS = `const NO_MARKS = {
  marked: (memory) => memory,
  markedRange: (memory) => memory,
  marking: (allocate) => allocate,
};
`;

/**
 * The glue of jco 1.35 so that it marks the cards of what it writes into a guest's memory: results where the guest
 * wants them, what it copies into bytes that the guest allocated, and text that goes from guest to guest. Given
 * no marks (GlueMarks in cards.ts) it does as before.
 *
 * @throws TenonError `internal/bug` for glue in which any of this is not as expected
 */
export function markGlueWrites(glue: string): string {
  let text = replaced(
    glue,
    BEGIN_SIGN,
    BEGIN,
    (head) => `${head}  const MARKS = instantiateCore.marks ?? NO_MARKS;\n`,
  );
  text = replaced(
    text,
    VALUE_SIGN,
    VALUE,
    (_, memory, kind, address) => `dataView(MARKS.marked(${memory}, ${address})).set${kind}(${address}, `,
  );
  text = text.replace(RANGE, (_, view, memory, start, length) => {
    const bytes = `${length} * ${view}.BYTES_PER_ELEMENT`;
    return `new ${view}(MARKS.markedRange(${memory}, ${start}, ${bytes}).buffer, ${start}, ${length})`;
  });
  text = replaced(text, ALLOCATOR_SIGN, ALLOCATOR, (_, name, value) => `${name} = MARKS.marking(${value});`);
  return `${text}\n${NO_MARKS}`;
}
