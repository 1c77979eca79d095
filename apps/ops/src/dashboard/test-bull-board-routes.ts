import { appRoutes, buildHistoryRoutes } from "@bull-board/api/dist/routes.js";

export interface BullBoardRoute {
  method: string;
  /** In bull-board's own notation. */
  route: string;
}

/** Every route that the installed bull-board can have, whatever its options, from its own table. */
export const BULL_BOARD_ROUTES: readonly BullBoardRoute[] = [
  appRoutes.entryPoint,
  ...appRoutes.api,
  ...buildHistoryRoutes({ getHistory: async () => [] }, { hasUsage: true, canPurge: true, hasLatency: true }),
].flatMap(({ method, route }) =>
  [method].flat().flatMap((one) => [route].flat().map((path) => ({ method: one, route: path }))),
);

/** A path of such a route for one job. */
export function pathOf({ route }: BullBoardRoute, queueName: string, jobId: string): string {
  return route
    .replace(":queueName", queueName)
    .replace(":jobId", jobId)
    .replace(":queueStatus", "failed")
    .replace(":schedulerId", "daily");
}
