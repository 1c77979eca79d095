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
  /** The rules, by number, of which one must see it: red for another reason is not red for this one. */
  seenBy: readonly string[];
  /** The storm that provokes it: arguments of `npm run storm`. */
  storm: readonly string[];
}
