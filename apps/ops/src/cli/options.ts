import { idSchema } from "@payonce/domain";
import { Argument, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { reason } from "../actions/reason.ts";

type Prefix = Parameters<typeof idSchema>[0];
type Parser<T> = (text: string) => T;

/** Why: every command that changes something asks for it. */
export function reasonOption(): Option {
  return optionalReasonOption().makeOptionMandatory();
}

/** For a command that changes something only when it is told to. */
export function optionalReasonOption(): Option {
  return new Option("--reason <text>", "why; kept in the audit log").argParser(parserOf(reason));
}

export function idArgument(prefix: Prefix, name: string, description: string): Argument {
  return new Argument(`<${name}>`, description).argParser(idParser(prefix));
}

/** Any number of ids, none twice. */
export function idsArgument(prefix: Prefix, name: string, description: string): Argument {
  const parse = idParser(prefix);
  return new Argument(`[${name}...]`, description).argParser((text: string, before: string[] | undefined) => [
    ...new Set([...(before ?? []), parse(text)]),
  ]);
}

export function idOption(prefix: Prefix, flags: string, description: string): Option {
  return new Option(flags, description).argParser(idParser(prefix));
}

export function textOption(flags: string, description: string, maxLength = 255): Option {
  return new Option(flags, description).argParser(textParser(maxLength));
}

/** A whole number within bounds. */
export function wholeOption(flags: string, description: string, min: number, max: number): Option {
  return new Option(flags, description).argParser((text: string) => {
    const value = Number(text);
    if (/^\d{1,10}$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  });
}

/** How many rows of a list. */
export function limitOption(max = 1_000): Option {
  return wholeOption("--limit <n>", "how many at most", 1, max).default(50);
}

/** A duration such as `90s`, `30m`, `2h` or `7d`; its value is in milliseconds. */
export function durationOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(parseDurationMs);
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const parseDurationMs: Parser<number> = (text) => {
  const [, digits, unit = ""] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (digits === undefined)
    throw new InvalidArgumentError("It must be a duration: a number with s, m, h or d, such as 90s, 30m, 2h or 7d.");
  return Number(digits) * (UNITS_MS[unit] ?? 0);
};

const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** A day in UTC, a time, or how long ago, such as `2h`. */
export function sinceOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string) => {
    if (/^\d{1,6}[smhd]$/.test(text)) return new Date(Date.now() - parseDurationMs(text));
    if (time.safeParse(text).success) return new Date(text);
    throw new InvalidArgumentError(
      "It must be a day such as 2026-11-22, a time such as 2026-11-22T08:00:00Z, or how long ago, such as 2h or 7d.",
    );
  });
}

function idParser(prefix: Prefix): Parser<string> {
  const schema = idSchema(prefix);
  const example = `${prefix}_01m814esw7e00bgbyj9j5g8yxa`;
  return (text) => {
    if (schema.safeParse(text).success) return text;
    throw new InvalidArgumentError(`It must be an id that starts with ${prefix}_, such as ${example}.`);
  };
}

function textParser(maxLength: number): Parser<string> {
  return (text) => {
    if (text.length > 0 && text.length <= maxLength && text.isWellFormed() && !/\p{Cc}/u.test(text)) return text;
    throw new InvalidArgumentError(`It must be 1 to ${maxLength} characters, none of them a control character.`);
  };
}

/** By the same rule as in the console and the API, which says what it must be. */
export function parserOf<T>(schema: z.ZodType<T>): Parser<T> {
  return (text) => {
    const result = schema.safeParse(text);
    if (result.success) return result.data;
    throw new InvalidArgumentError(`It ${result.error.issues[0]?.message}.`);
  };
}
