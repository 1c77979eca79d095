import { SHOWN_ANSWERS } from "./shown-answers.ts";

/** The paths at which bull-board's user interface is a page of its own. */
const PAGES = ["/", "/queue/:queueName", "/queue/:queueName/:jobId"];

/** The routes of bull-board that are open, in its own notation, for GET and HEAD alone. */
export const OPEN_ROUTES: readonly string[] = [...PAGES, ...Object.keys(SHOWN_ANSWERS)];
