import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { repositoryRoot } from "@payonce/stack";

/** What a copy does without. Compiled code and generated sources come along. */
const LEFT_OUT: ReadonlySet<string> = new Set(["node_modules", ".git", ".turbo", ".payonce"]);

/**
 * Copies the built repository. The copy's own packages find each other; everything else that is installed is the original's.
 *
 * @param target does not exist yet
 */
export function copyRepository(target: string): void {
  cpSync(repositoryRoot, target, {
    recursive: true,
    filter: (source) => source === repositoryRoot || !LEFT_OUT.has(basename(source)),
  });
  linkModules(join(repositoryRoot, "node_modules"), join(target, "node_modules"));
  for (const group of ["apps", "packages"])
    for (const name of readdirSync(join(repositoryRoot, group))) linkNested(join(group, name), target);
}

/** Links what is installed, but for our own packages: those lead to the copy's, as they lead to the original's. */
function linkModules(source: string, target: string): void {
  mkdirSync(join(target, "@payonce"), { recursive: true });
  for (const name of readdirSync(source)) if (name !== "@payonce") symlinkSync(join(source, name), join(target, name));
  const ours = join(source, "@payonce");
  cpSync(ours, join(target, "@payonce"), { recursive: true, verbatimSymlinks: true });
}

/** Where two workspaces want different versions of a package, one has its own. */
function linkNested(workspace: string, target: string): void {
  const source = join(repositoryRoot, workspace, "node_modules");
  try {
    if (readdirSync(source).length > 0) symlinkSync(source, join(target, workspace, "node_modules"));
  } catch {
    // Most have none.
  }
}
