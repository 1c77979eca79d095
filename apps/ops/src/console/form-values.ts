import type { Request } from "express";

/** The fields of a form that was sent, each as text; of a field that was sent more than once the first. */
export function formValues(request: Request): Record<string, string> {
  const fields: [string, unknown][] = Object.entries(request.body ?? {});
  return Object.fromEntries(fields.map(([name, value]) => [name, String([value].flat()[0] ?? "")]));
}

/** All values of a field, in their order. */
export function formList(request: Request, name: string): string[] {
  const value: unknown = request.body?.[name];
  return value === undefined ? [] : [value].flat().map(String);
}

/** For a schema that wants a number: what is none stays as it is, and the schema says so. */
export function toNumber(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : text;
}
