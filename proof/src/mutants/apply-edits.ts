import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Edit } from "./mutant.ts";

/**
 * Changes files of a copy of the repository.
 *
 * @returns the workspaces that have to be compiled again, such as `packages/db`
 * @throws when what is to be replaced is not there exactly once: the code has moved on, and the mutant has to follow
 */
export function applyEdits(root: string, edits: readonly Edit[]): string[] {
  for (const { file, find, replace } of edits) {
    const path = join(root, file);
    const source = readFileSync(path, "utf8");
    const times = source.split(find).length - 1;
    if (times !== 1) throw new Error(`${file} has ${times} times what is to be replaced: ${find}`);
    writeFileSync(
      path,
      source.replace(find, () => replace),
    );
  }
  const workspaces = edits.map(({ file }) => /^(?:apps|packages)\/[a-z]+/.exec(file)?.[0]);
  return [...new Set(workspaces.filter((workspace) => workspace !== undefined))];
}
