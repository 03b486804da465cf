const same = <T>(v: T): T => v;

/** All of the contract's values but the function with two parameters. */
export const echoes = {
  aBool: same,
  aU8: same,
  aS8: same,
  aU16: same,
  aS16: same,
  aU32: same,
  aS32: same,
  aU64: same,
  aS64: same,
  aF32: same,
  aF64: same,
  aChar: same,
  aString: same,

  aRecord: same,
  anAlias: same,
  aNestedRecord: same,
  anEnum: same,
  fewFlags: same,
  moreFlags: same,
  manyFlags: same,
  aVariant: same,
  aTuple: same,

  someBytes: same,
  signedBytes: same,
  aListOfU32: same,
  aListOfF64: same,
  aListOfU64: same,
  aListOfStrings: same,
  aListOfRecords: same,
  aListOfLists: same,

  anOption: same,
  aNestedOption: same,
  aNestedResult: same,
};
