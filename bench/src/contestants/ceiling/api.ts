import { servePayments } from "../peer/serve-payments.ts";

/** Stores nothing: what is above this, no service with this set-up can accept. */
servePayments(() => {});
