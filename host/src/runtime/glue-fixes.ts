/** What is wrong in the glue of jco 1.35, as a text of it, and what stands there instead. */
const FIXES: readonly (readonly [wrong: RegExp, right: string])[] = [
  // Looking a handle up takes the number 0 that a component gives one of its resources for an empty place.
  // QuickJS services count from 0, so the first resource of each would be unknown. And the removal of a handle
  // beyond the table's end goes through. A place is empty beyond the end, or where its scope says that it is free.
  [
    /if \((?:rep|val) === 0 \|\| \(scope & T_FLAG\) !== 0\)/g,
    'if (val === undefined || (scope & T_FLAG) !== 0)',
  ],
  // A borrowed handle reaches the component that defines the resource as the resource's number. Which that is,
  // is told by the numbers that went into a table; but those of handles that are merely passed on go there too,
  // so that a component which once owned a resource gets a number for a handle when it is lent it.
  [/\btable\._createdReps\.add\(rep\);/g, ''],
  [
    /= rscTableCreateOwn\.bind\(null, (handleTable\d+)\);/g,
    '= (rep) => { $1._createdReps.add(rep); return rscTableCreateOwn($1, rep); };',
  ],
];

/**
 * The glue with handles between guests set right. Text that is not there is not missed: a jco that has been
 * corrected needs no correction, and the tests of resources between components hold either way.
 */
export function fixGlue(glue: string): string {
  return FIXES.reduce((text, [wrong, right]) => text.replace(wrong, right), glue);
}
