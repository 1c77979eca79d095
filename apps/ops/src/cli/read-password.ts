import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Option } from "commander";
import type { Cli } from "./cli.ts";
import type { Terminal } from "./terminal/terminal.ts";
import { UsageError } from "./usage-error.ts";

export interface PasswordOptions {
  generatePassword?: boolean;
  passwordStdin?: boolean;
}

/** Never an option with a value: the process list and the shell's history would show it. */
export function passwordOptions(): Option[] {
  return [
    new Option("--generate-password", "make one, and show it this once").conflicts("passwordStdin"),
    new Option("--password-stdin", "read it from standard input, up to the end of the line"),
  ];
}

/** Far more than a password may have. */
const MAX_BYTES = 4_096;

/**
 * A new password: generated, from standard input, or asked for twice at the terminal, where it is not shown.
 *
 * @returns `isGenerated` when nobody knows it yet
 */
export async function readNewPassword(
  { terminal }: Cli,
  { generatePassword, passwordStdin }: PasswordOptions,
): Promise<{ password: string; isGenerated: boolean }> {
  if (generatePassword) return { password: randomBytes(18).toString("base64url"), isGenerated: true };
  if (passwordStdin) return { password: await readLine(terminal), isGenerated: false };
  if (!terminal.stdin.isTTY)
    throw new UsageError(
      "There is no terminal to ask for the password at. Give --generate-password, or --password-stdin and the password there.",
    );
  const password = await askUnseen(terminal, "New password (12 characters or more): ");
  if ((await askUnseen(terminal, "Once more: ")) !== password)
    throw new UsageError("The two are not the same. Nothing was done.");
  return { password, isGenerated: false };
}

async function readLine({ stdin }: Terminal): Promise<string> {
  let text = "";
  for await (const chunk of stdin) {
    text += chunk.toString();
    if (text.includes("\n") || text.length > MAX_BYTES) break;
  }
  return text.split("\n", 1)[0]?.replace(/\r$/, "") ?? "";
}

async function askUnseen({ stdin, stderr }: Terminal, question: string): Promise<string> {
  stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: true });
  const left = new Promise<never>((_resolve, reject) => {
    // Ctrl-C and Ctrl-D.
    lines.on("SIGINT", () => reject(new UsageError("Nothing was done.")));
    lines.on("close", () => reject(new UsageError("Nothing was done.")));
  });
  try {
    return await Promise.race([lines.question(""), left]);
  } finally {
    left.catch(() => {});
    lines.close();
    stderr.write("\n");
  }
}
