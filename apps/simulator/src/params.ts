import { z } from "zod";
import type { Answer } from "./outcome.ts";
import { invalidRequest } from "./stripe-errors.ts";

/** Stripe's own limits on metadata. */
const MAX_METADATA_KEYS = 50;
const MAX_METADATA_KEY_LENGTH = 40;
const MAX_METADATA_VALUE_LENGTH = 500;

/** A form or query field that must not be empty. */
export const textParam = z.string().refine((text) => text !== "", {
  message: "You passed an empty string. Leave the parameter out instead.",
  params: { code: "parameter_invalid_empty" },
});

export const booleanParam = z
  .string()
  .refine((text) => text === "true" || text === "false", { message: "Invalid boolean: use true or false." })
  .transform((text) => text === "true");

/** Tolerated and ignored: nothing here is expandable. */
export const expandParam = z.array(z.string());

/** A form is an object even where qs took its numeric keys for an array. An empty string means "none", as at Stripe. */
export const metadataParam = z.preprocess(
  (value) => (value === "" ? {} : Array.isArray(value) ? { ...value } : value),
  z
    .record(
      z.string().max(MAX_METADATA_KEY_LENGTH, `Metadata keys can be up to ${MAX_METADATA_KEY_LENGTH} characters.`),
      z
        .string()
        .max(MAX_METADATA_VALUE_LENGTH, `Metadata values can be up to ${MAX_METADATA_VALUE_LENGTH} characters.`),
    )
    .refine((metadata) => Object.keys(metadata).length <= MAX_METADATA_KEYS, {
      message: `You can have up to ${MAX_METADATA_KEYS} metadata keys.`,
    }),
);

type IntegerRange = { readonly min: number; readonly max?: number; readonly tooLargeCode?: string };

export function integerParam({ min, max, tooLargeCode }: IntegerRange) {
  return textParam.transform((text, context) => {
    const value = /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    const problem = (message: string, code = "parameter_invalid_integer") => {
      context.addIssue({ code: "custom", message, params: { code } });
      return z.NEVER;
    };
    if (Number.isNaN(value)) return problem("Invalid integer.");
    if (value < min) return problem(`This value must be greater than or equal to ${min}.`);
    if (max !== undefined && value > max) {
      return problem(`This value must be less than or equal to ${max}.`, tooLargeCode);
    }
    return value;
  });
}

type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: Answer };

/** Reads a decoded form or query by its schema, or makes the 400 Stripe would answer about its first fault. */
export function readParams<T>(schema: z.ZodType<T>, params: unknown): Read<T> {
  const sent = params ?? {};
  const parsed = schema.safeParse(sent);
  return parsed.success
    ? { ok: true, value: parsed.data }
    : { ok: false, answer: answerTo(parsed.error.issues, sent as Record<string, unknown>) };
}

function answerTo(issues: readonly z.core.$ZodIssue[], sent: Record<string, unknown>): Answer {
  // Stripe looks for unknown parameters first: a misspelt required one is reported as unknown, not as missing.
  const unknown = issues.find((issue) => issue.code === "unrecognized_keys");
  if (unknown) {
    const param = paramName([...unknown.path, unknown.keys[0] ?? ""]);
    return invalidRequest(`Received unknown parameter: ${param}`, { code: "parameter_unknown", param });
  }
  const issue = issues[0];
  const param = paramName(issue?.path ?? []);
  if (issue === undefined || issue.path[0] === undefined) return invalidRequest("The parameters are not readable.");
  if (!Object.hasOwn(sent, issue.path[0])) {
    return invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
  }
  const code = issue.code === "custom" ? issue.params?.code : undefined;
  const message = issue.code === "custom" || issue.code === "too_big" ? issue.message : `Invalid value for ${param}.`;
  return invalidRequest(message, typeof code === "string" ? { code, param } : { param });
}

/** `["metadata", "payment_id"]` → `metadata[payment_id]`. */
function paramName([first, ...rest]: readonly PropertyKey[]): string {
  return `${String(first ?? "")}${rest.map((key) => `[${String(key)}]`).join("")}`;
}
