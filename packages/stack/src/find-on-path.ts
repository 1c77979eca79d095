import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Gives the path of the program that a shell would run for `name`, or undefined where there is none. */
export function findOnPath(name: string, path: string): string | undefined {
  for (const folder of path.split(delimiter).filter(Boolean)) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // Not here.
    }
  }
  return undefined;
}
