/** A change of one source file: `find` must be there exactly once. */
export interface Edit {
  /** Within the repository. */
  file: string;
  find: string;
  replace: string;
}

/** One money rule, broken on purpose. */
export interface Mutant {
  name: string;
  /** What is not done any more. */
  breaks: string;
  edits: readonly Edit[];
  /** The storm that provokes it: arguments of `npm run storm`. */
  storm: readonly string[];
}
