import type { Evidence, ProviderAnswer } from "@payonce/domain";
import { Stripe } from "stripe";
import type { ListedObject, Period, Provider, ProviderPage } from "../provider.ts";
import type { StripeFailure } from "./classify.ts";
import { paymentIntentSchema, readFailure, toProviderPayment } from "./read-answer.ts";

const PAGE = 100;
/** Clocks apart, and objects made in the second of the payment. */
const MARGIN_MS = 300_000;

export interface ListOptions {
  installationId: string;
  /** How long `find` may turn pages: the lease was reckoned with the deadline of one call. */
  limitMs: number;
  onKeyRefused?: (() => void) | undefined;
}

/** What is asked of Stripe's list of PaymentIntents. Lists are consistent; search lags, and proves no absence. */
export function createStripeLists(stripe: Stripe, options: ListOptions): Pick<Provider, "list" | "find"> {
  const { installationId, limitMs, onKeyRefused } = options;

  const list = async (period: Period, cursor: string | null, apiVersion: string = Stripe.API_VERSION) => {
    const at = new Date().toISOString();
    const startedAt = performance.now();
    try {
      const params = {
        limit: PAGE,
        created: { gte: seconds(period.from), lt: seconds(period.to) },
        ...(cursor !== null && { starting_after: cursor }),
      };
      return readPage(await stripe.paymentIntents.list(params, { apiVersion }), installationId);
    } catch (error) {
      const evidence: Evidence = { operation: "find", at, durationMs: Math.round(performance.now() - startedAt) };
      const failure = readFailure("find", error as StripeFailure, evidence);
      if (failure.code === "provider_refused_our_key") onKeyRefused?.();
      return failure;
    }
  };

  return {
    list,
    async find(payment, apiVersion): Promise<ProviderAnswer> {
      const at = new Date().toISOString();
      const startedAt = performance.now();
      const period = { from: new Date(payment.createdAt.getTime() - MARGIN_MS), to: new Date(Date.now() + MARGIN_MS) };
      const found: ListedObject[] = [];
      const evidence = (): Evidence => ({
        operation: "find",
        at,
        durationMs: Math.round(performance.now() - startedAt),
      });
      for (let cursor: string | null = null; ; ) {
        if (performance.now() - startedAt > limitMs / 2)
          return { kind: "not_executed", code: "provider_list_too_long", evidence: evidence() };
        const page: Awaited<ReturnType<typeof list>> = await list(period, cursor, apiVersion);
        if (page.kind !== "page") return page;
        found.push(...page.objects.filter(({ paymentId }) => paymentId === payment.id));
        cursor = page.nextCursor;
        if (cursor === null) break;
      }
      const [object] = found.sort((a, b) => rank(a) - rank(b));
      if (!object) return { kind: "absent", evidence: evidence() };
      return { kind: "object", payment: object, evidence: { ...evidence(), objectId: object.id, state: object.state } };
    },
  };
}

/**
 * Which of several objects to hold on to: one that has charged, else one that may have, for whatever state it is in. An
 * unconfirmed one comes after them, because confirming it beside them could be a second charge.
 */
function rank({ state }: ListedObject): number {
  const known = ["succeeded", "(any other)", "requires_payment_method", "requires_confirmation", "canceled"];
  const position = known.indexOf(state);
  return position === -1 ? 1 : position;
}

/** Throws what `readFailure` reads as unknown when the page is not what was asked for: nothing may be left out silently. */
function readPage(answer: Stripe.Response<Stripe.ApiList<Stripe.PaymentIntent>>, installationId: string): ProviderPage {
  const { statusCode, requestId } = answer.lastResponse;
  const unreadable = { statusCode, requestId };
  if (statusCode !== 200 || !Array.isArray(answer.data) || typeof answer.has_more !== "boolean") throw unreadable;
  const intents = answer.data.map((raw) => {
    const parsed = paymentIntentSchema.safeParse(raw);
    if (!parsed.success) throw unreadable;
    return parsed.data;
  });
  const last = intents.at(-1);
  // More to come and nothing to go on from: the end of the list was not seen.
  if (answer.has_more && !last) throw unreadable;
  const objects = intents
    .filter(({ metadata }) => metadata?.installation_id === installationId)
    .map((intent): ListedObject => {
      const paymentId = intent.metadata?.payment_id;
      return { ...toProviderPayment(intent), paymentId: typeof paymentId === "string" ? paymentId : null };
    });
  return { kind: "page", objects, nextCursor: answer.has_more ? (last?.id ?? null) : null };
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}
