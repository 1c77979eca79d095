import { readLiteral, valueAt } from "./evaluate.ts";

/** A request of an `.http` file: its title ends with the status that is to be answered. */
export interface HttpRequest {
  title: string;
  status: number;
  /** Under which later requests name its answer. */
  name: string | null;
  checks: { path: string; value: string }[];
  method: string;
  url: string;
  headers: [string, string][];
  body: string | null;
}

/** Reads the form that VS Code's REST Client takes. */
export function parseHttpFile(text: string): { variables: Map<string, string>; requests: HttpRequest[] } {
  const [head = "", ...sections] = text.split(/^### /m);
  const variables = new Map([...head.matchAll(/^@(\w+) = (.*)$/gm)].map(([, name = "", value = ""]) => [name, value]));
  return { variables, requests: sections.map(parseRequest) };
}

function parseRequest(section: string): HttpRequest {
  const [heading = "", ...lines] = section.split("\n");
  const [, title = "", status = ""] = /^(.*) → (\d{3})$/.exec(heading) ?? [];
  const comments = lines.filter((line) => line.startsWith("#"));
  const [line = "", ...rest] = lines.filter((text) => !text.startsWith("#"));
  const [, method = "", url = ""] = /^([A-Z]+) (\S+)$/.exec(line) ?? [];
  const end = rest.indexOf("");
  const body = rest
    .slice(end + 1)
    .join("\n")
    .trim();
  return {
    title,
    status: Number(status),
    name: comments.map((text) => /^# @name (\w+)$/.exec(text)?.[1]).find(Boolean) ?? null,
    checks: comments.flatMap((text) => {
      const [, path, value] = /^# \$\.(\S+) = (.*)$/.exec(text) ?? [];
      return path && value !== undefined ? [{ path, value }] : [];
    }),
    method,
    url,
    headers: rest.slice(0, end).map((text) => text.split(/: (.*)/, 2) as [string, string]),
    body: body === "" ? null : body,
  };
}

/**
 * Sends a request, and keeps its answer under its name.
 *
 * @returns what is not as the file says
 */
export async function sendHttp(
  request: HttpRequest,
  variables: ReadonlyMap<string, string>,
  answers: Map<string, unknown>,
): Promise<string[]> {
  const fill = (text: string): string =>
    text
      .replace(/\{\{(\w+)\.response\.body\.\$\.([\w.]+)\}\}/g, (_, name, path) =>
        String(valueAt(answers.get(name), path)),
      )
      .replace(/\{\{(\w+)\}\}/g, (_, name) => variables.get(name) ?? `no ${name}`);
  const { method, headers, body, title, status } = request;
  const response = await fetch(fill(request.url), {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, fill(value)]),
    ...(body !== null && { body: fill(body) }),
  });
  const text = await response.text();
  if (response.status !== status) return [`${title}: ${response.status} ${text}`];
  const isJson = response.headers.get("content-type")?.includes("json");
  const answer = isJson ? JSON.parse(text) : text;
  if (request.name) answers.set(request.name, answer);
  return request.checks
    .filter(({ path, value }) => valueAt(answer, path) !== readLiteral(fill(value)))
    .map(({ path, value }) => `${title}: $.${path} is ${valueAt(answer, path)}, not ${fill(value)}`);
}
