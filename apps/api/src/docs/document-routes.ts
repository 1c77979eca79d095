import { createHash } from "node:crypto";
import { methodNotAllowed } from "@payonce/http";
import { type RequestHandler, Router } from "express";
import { buildMerchantDocument } from "../openapi/merchant-document.ts";
import { namesTag } from "../payments/etag.ts";

/** For everybody: it holds no secret, and tools fetch it before they have a key. A page of any origin may read it. */
export function documentRoutes(): Router {
  const router = Router({ caseSensitive: true });
  router.get("/openapi.json", sendDocument());
  router.all("/openapi.json", methodNotAllowed("GET, HEAD"));
  return router;
}

/** `GET /openapi.json` */
function sendDocument(): RequestHandler {
  // Takes a tenth of a second to make, and most processes are never asked for it.
  let made: { document: string; etag: string } | undefined;
  return (request, response) => {
    made ??= makeDocument();
    const { document, etag } = made;
    // So long a new release may go unseen; then it is asked for again, which costs a 304.
    response.set({ ETag: etag, "Cache-Control": "public, max-age=60", "Access-Control-Allow-Origin": "*" });
    if (namesTag(request.get("if-none-match") ?? "", etag)) return void response.status(304).end();
    response.type("json").send(document);
  };
}

function makeDocument() {
  const document = JSON.stringify(buildMerchantDocument());
  return { document, etag: `"${createHash("sha256").update(document).digest("base64url").slice(0, 16)}"` };
}
