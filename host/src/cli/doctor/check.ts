/** What `tenon doctor` found of one thing. */
export interface Finding {
  readonly what: string;
  /** `absent`: not there, and not needed for everything; `problem`: something will not work. */
  readonly state: 'ok' | 'absent' | 'problem';
  readonly found: string;
  /** What to do, where the state is not `ok`. */
  readonly fix?: string;
}
