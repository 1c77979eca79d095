/** As much of curl as the examples need, for machines that have none. */
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";

const args = process.argv.slice(2);
const headers = new Headers();
let url = "";
let method;
let body;
let isShowing = false;
let headersTo;

while (args.length > 0) {
  const arg = args.shift();
  if (/^-[isN]+$/.test(arg)) isShowing ||= arg.includes("i");
  else if (arg === "-D") headersTo = args.shift();
  else if (arg === "-X") method = args.shift();
  else if (arg === "-d") body = args.shift();
  else if (arg === "-H") {
    const [, name, value] = /^([^:]+): ?(.*)$/.exec(args.shift());
    headers.set(name, value);
  } else url = arg.includes("://") ? arg : `http://${arg}`;
}
if (body === "@-") body = readFileSync(0, "utf8");

const redirects = readFileSync(join(process.env.CURL_HOME, ".curlrc"), "utf8");
for (const [, from, to] of redirects.matchAll(/"(localhost:\d+):(127\.0\.0\.1:\d+)"/g)) url = url.replace(from, to);

const response = await fetch(url, { method: method ?? (body === undefined ? "GET" : "POST"), headers, body });
const head = [
  `HTTP/1.1 ${response.status} ${response.statusText}`,
  ...[...response.headers].map(([name, value]) => `${name}: ${value}`),
].join("\r\n");
if (headersTo) writeSync(2, `${head}\r\n\r\n`);
if (isShowing) writeSync(1, `${head}\r\n\r\n`);
for await (const chunk of response.body ?? []) writeSync(1, chunk);
