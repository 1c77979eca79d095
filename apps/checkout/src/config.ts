import { serviceConfig, whole } from "@payonce/service";
import { z } from "zod";

const url = z
  .string()
  .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), "must be an http:// or https:// url")
  .transform((text) => text.replace(/\/+$/, ""));

export const configSchema = z
  .object({
    ...serviceConfig,
    NODE_ENV: z.string().default("development"),
    /** Shows a provider's books to everybody, so a production system has to ask for it. */
    CHECKOUT_IN_PRODUCTION: z.enum(["yes"], 'must be "yes", or left out').optional(),
    PORT: whole(0, 65_535).default(3003),
    /** The merchant API, as this process and browsers have it. */
    PAYONCE_URL: url,
    PAYONCE_PUBLISHABLE_KEY: z.string().regex(/^pk_\w+$/, "must be a publishable key, pk_…"),
    PAYONCE_SECRET_KEY: z.string().regex(/^sk_\w+$/, "must be a secret key, sk_…"),
    /** Whose ledger tells how often an order was charged. */
    SIMULATOR_URL: url,
  })
  .superRefine((config, context) => {
    if (config.NODE_ENV !== "production" || config.CHECKOUT_IN_PRODUCTION) return;
    const message = 'must be "yes" when NODE_ENV is production: this is a demo, and no part of a production system';
    context.addIssue({ code: "custom", path: ["CHECKOUT_IN_PRODUCTION"], message });
  });

export type Config = z.output<typeof configSchema>;
