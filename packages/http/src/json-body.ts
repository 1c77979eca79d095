import { isUtf8 } from "node:buffer";
import { PayonceError } from "@payonce/domain";
import express, { type RequestHandler } from "express";
import { hasDuplicateKeys } from "./duplicate-keys.ts";

export const MAX_BODY_BYTES = 16 * 1024;

const readText = express.text({
  limit: MAX_BODY_BYTES,
  inflate: false,
  type: "application/json",
  // Decoding would put U+FFFD where the bytes are wrong, and store what was never sent.
  verify(_request, _response, bytes, encoding) {
    if (encoding !== "utf-8" || !isUtf8(bytes)) throw Object.assign(new Error(), { type: "charset.unsupported" });
  },
});

/** Reads a JSON object into `request.body`; anything else is refused before it costs more than its size. */
export const jsonBody: RequestHandler[] = [
  (request, _response, next) => {
    // `is` answers null when there is no body at all, which `parseObject` names better.
    if (request.is("application/json") === false)
      throw new PayonceError("content_type_unsupported", "Send the body as `Content-Type: application/json`.", {
        param: "Content-Type",
      });
    next();
  },
  readText,
  (request, _response, next) => {
    request.body = parseObject(request.body ?? "");
    next();
  },
];

function parseObject(text: string): object {
  const value = parseJson(text);
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new PayonceError("malformed_request", "The body must be a JSON object.");
  if (hasDuplicateKeys(text))
    throw new PayonceError("malformed_json", "A key occurs twice in the same object, and only one could count.");
  return value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, in which a card number may be.
    throw new PayonceError("malformed_json", "The body could not be parsed as JSON.");
  }
}
