import { coreImports, coreMemories } from '../../binary/core-module.ts';
import { elementSegments, ID, section, tableMinimums } from '../flatten/core.ts';
import { activeData } from '../flatten/data.ts';
import { NotThisShape } from '../flatten/not-this-shape.ts';

const PAGE = 65_536;

/**
 * Whether making an instance of a core module does nothing that could be seen: nothing runs, nothing is written to a
 * memory or table of others, and no segment can miss its place. Where that cannot be told, it is not so. Throws
 * Malformed.
 */
export function isQuietModule(module: Uint8Array): boolean {
  if (section(module, ID.start)) return false;
  const [elements, data] = [section(module, ID.element), section(module, ID.data)];
  if (!elements && !data) return true;
  const shared = coreImports(module).some(({ kind }) => kind === 'table' || kind === 'memory');
  if (shared) return false;
  try {
    return segmentsFit(module);
  } catch (error) {
    if (error instanceof NotThisShape) return false;
    throw error;
  }
}

function segmentsFit(module: Uint8Array): boolean {
  const [memory] = coreMemories(module);
  const room = (memory?.minimum ?? 0) * PAGE;
  const tables = tableMinimums(module);
  return (
    memory?.pageSizeLog2 === undefined &&
    activeData(module).end <= room &&
    elementSegments(module, new Map()).every(
      ({ table, offset, functions }) => offset + functions.length <= (tables[table] ?? 0),
    )
  );
}
