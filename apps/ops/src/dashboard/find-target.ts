import { z } from "zod";
import { OPEN_ROUTES } from "./open-routes.ts";

/** `<id of ours>-<dispatch, version or look>`. Has an underscore, as no word in a route of bull-board has. */
const JOB_ID = "[a-z]{3}_[0-9a-z]{26}-[0-9a-z-]{1,40}";

/** Of a query, what bull-board makes use of. It puts no limit to the jobs of a page; its own form allows 300. */
const querySchema = z.object({
  activeQueue: z.string().optional(),
  status: z.string().optional(),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
  jobsPerPage: z.coerce.number().int().min(1).max(300).catch(10),
});

export interface OpenTargets {
  /** Where the dashboard is mounted, without a slash at its end. */
  basePath: string;
  queueNames: readonly string[];
  /** Files of the user interface, as paths behind the mount. */
  assets: ReadonlySet<string>;
}

/**
 * Makes the guard in front of bull-board. It takes a request's target as it was sent and compares it whole, undecoded, with
 * what is open. No open path needs an escape, so one with an escape, a doubled slash, dots, other letters' case or anything
 * appended is none of them.
 *
 * @returns a function that gives the target for bull-board, built anew, or null for everything that is closed
 */
export function createTargetFinder({ basePath, queueNames, assets }: OpenTargets) {
  const names = queueNames.join("|");
  const open = OPEN_ROUTES.map(
    (route) => new RegExp(`^${route.replace(":queueName", `(?:${names})`).replace(":jobId", JOB_ID)}$`),
  );
  return (target: string): string | null => {
    const [path = "", ...query] = target.split("?");
    if (!path.startsWith(`${basePath}/`)) return null;
    const inner = path.slice(basePath.length);
    if (inner === "/api/queues") return `${inner}?${readQuery(query.join("?"), queueNames)}`;
    return assets.has(inner) || open.some((pattern) => pattern.test(inner)) ? inner : null;
  };
}

function readQuery(text: string, queueNames: readonly string[]): URLSearchParams {
  const { activeQueue, status, page, jobsPerPage } = querySchema.parse(Object.fromEntries(new URLSearchParams(text)));
  return new URLSearchParams({
    ...(activeQueue && queueNames.includes(activeQueue) && { activeQueue }),
    ...(status && /^[a-z-]{1,20}$/.test(status) && { status }),
    page: `${page}`,
    jobsPerPage: `${jobsPerPage}`,
  });
}
