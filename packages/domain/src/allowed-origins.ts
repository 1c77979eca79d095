import { z } from "zod";
import { containsCardNumber } from "./card-number.ts";

export const MAX_ALLOWED_ORIGINS = 50;

const what =
  "must be an origin as browsers send it, such as https://shop.example or http://localhost:5173: scheme and host in lower " +
  "case, a port only where it is not the scheme's own, and nothing behind it";

/** An origin as in the header `Origin`, and no other spelling of it: it is compared as it stands. */
const originSchema = z
  .string(what)
  .max(300, what)
  .refine(
    (text) =>
      !containsCardNumber(text) &&
      /^https?:\/\/[^*]+$/.test(text) &&
      URL.canParse(text) &&
      new URL(text).origin === text,
    what,
  );

/** Body of `PUT /v1/allowed_origins`: all of them, from which publishable keys are taken from then on. */
export const allowedOriginsRequestSchema = z
  .strictObject({
    origins: z
      .array(originSchema, "must be a list of origins")
      .max(MAX_ALLOWED_ORIGINS, `must be at most ${MAX_ALLOWED_ORIGINS} origins`)
      .meta({ description: "All of them, as browsers send them", example: ["https://shop.example"] }),
  })
  .meta({ id: "AllowedOriginsRequest", description: "The web pages that may use your publishable keys" });

/** Answer of both calls of `/v1/allowed_origins`. */
export const allowedOriginsSchema = z
  .strictObject({
    object: z.literal("allowed_origins"),
    origins: z.array(z.string()).meta({ description: "As they were set" }),
  })
  .meta({ id: "AllowedOrigins", description: "The web pages that may use your publishable keys" });
export type AllowedOrigins = z.output<typeof allowedOriginsSchema>;
