import { type Check, failed, ok } from "./check.ts";

const OLDEST = [20, 19] as const;

/** The Node that runs this command; those of the apps tell theirs in their logs. */
export function checkNode(payonceVersion: string, nodeVersion: string = process.versions.node): Check {
  return {
    name: "versions",
    run: async () => {
      const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
      const found = `Payonce ${payonceVersion}, Node ${nodeVersion}`;
      if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return ok(found);
      return failed(found, "Use Node 20.19 or newer.");
    },
  };
}
