import type { Response } from "express";

/**
 * Answers with JSON that nobody may keep. `response.json` does more than such an answer needs: types, tags, HEAD and
 * conditional requests.
 */
export function sendJson(response: Response, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.statusCode = status;
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Content-Length", Buffer.byteLength(text));
  response.end(text);
}
