import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { createTargetFinder } from "./find-target.ts";

const ID = "pay_01m81drxa7e00ry1nwq4fgg838-0";
const findTarget = createTargetFinder({
  basePath: "/queues",
  queueNames: ["charges", "charges-dead-letter"],
  assets: new Set(["/static/js/main.f1.js", "/static/locales/en-US/messages.json"]),
});

const OPEN = [
  "/",
  "/queue/charges",
  `/queue/charges-dead-letter/${ID}`,
  `/api/queues/charges/${ID}`,
  `/api/queues/charges/${ID.slice(0, -1)}look-17`,
  `/api/queues/charges/${ID}/logs`,
  "/api/queues/charges/rate-limit",
  "/static/js/main.f1.js",
  "/static/locales/en-US/messages.json",
];

describe("the guard's targets", () => {
  test("are the open paths, without whatever was asked besides", () => {
    for (const path of OPEN) {
      expect(findTarget(`/queues${path}`)).toBe(path);
      expect(findTarget(`/queues${path}?depth=20&x=%2f..`)).toBe(path);
    }
  });

  test("take over from the query of a list what it may hold, and nothing else", () => {
    const list = (query: string) => findTarget(`/queues/api/queues${query}`);
    expect(list("")).toBe("/api/queues?page=1&jobsPerPage=10");
    expect(list("?activeQueue=charges&status=failed&page=2&jobsPerPage=300")).toBe(
      "/api/queues?activeQueue=charges&status=failed&page=2&jobsPerPage=300",
    );
    expect(list("?activeQueue=other&status=%2f&page=-1&jobsPerPage=301&x=1")).toBe("/api/queues?page=1&jobsPerPage=10");
    expect(list("?activeQueue=%25&page=1e9&jobsPerPage=1.5")).toBe("/api/queues?page=1&jobsPerPage=10");
  });

  const paths = fc.constantFrom(...[...OPEN, "/api/queues"].map((path) => `/queues${path}`));
  const spots = fc.double({ min: 0, max: 1, noNaN: true });

  test("are not reached with any character escaped", () => {
    fc.assert(
      fc.property(paths, spots, fc.boolean(), (path, spot, isUpper) => {
        const at = Math.floor(spot * (path.length - 1));
        const code = path.charCodeAt(at).toString(16);
        const escaped = `${path.slice(0, at)}%${isUpper ? code.toUpperCase() : code}${path.slice(at + 1)}`;
        expect(findTarget(escaped)).toBeNull();
      }),
    );
  });

  test("are not reached with a letter in another case", () => {
    fc.assert(
      fc.property(paths, spots, (path, spot) => {
        const at = Math.floor(spot * (path.length - 1));
        const letter = path.charAt(at);
        const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
        fc.pre(other !== letter);
        expect(findTarget(path.slice(0, at) + other + path.slice(at + 1))).toBeNull();
      }),
    );
  });

  test("are not reached with anything put in between or behind", () => {
    const additions = fc.constantFrom(
      "/",
      "//",
      "/.",
      "/..",
      ".",
      "..",
      ";",
      ";x",
      "\\",
      "%",
      "%2f",
      "%00",
      " ",
      "#",
      "\n",
      ":",
    );
    fc.assert(
      fc.property(paths, spots, additions, (path, spot, addition) => {
        const at = Math.round(spot * path.length);
        expect(findTarget(path.slice(0, at) + addition + path.slice(at))).toBeNull();
      }),
    );
  });

  test("are not what bull-board calls by a word", () => {
    for (const word of ["metrics", "workers", "job-data-schema", "pause", "resume"])
      expect(findTarget(`/queues/api/queues/charges/${word}`)).toBeNull();
    for (const path of ["/queues", "/", "", "*", "/queues2/", "/queuesapi/queues", "/queues/api/redis/stats"])
      expect(findTarget(path)).toBeNull();
  });
});
