/** Host interfaces that Spin has and Tenon's host does not yet give: id without version, or a package with `/`. */
export const INTERFACES_NOT_YET: readonly string[] = ['wasi:http/', 'wasi:keyvalue/', 'wasi:config/'];
