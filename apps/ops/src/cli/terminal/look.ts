/** How a text is to look: nothing is cut or coloured unless a person's terminal is on the other end. */
export interface Look {
  /** Columns of the terminal; undefined where there is none to fit into. */
  width: number | undefined;
  isColoured: boolean;
}

export type Colour = "red" | "yellow" | "green" | "dim" | "bold";

const CODES: Record<Colour, number> = { red: 31, yellow: 33, green: 32, dim: 2, bold: 1 };

/** @param stream where the text goes; `NO_COLOR` is obeyed, see https://no-color.org */
export function lookOf(stream: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv): Look {
  const isTerminal = stream.isTTY === true;
  return {
    width: isTerminal && stream.columns ? stream.columns : undefined,
    isColoured: isTerminal && !env.NO_COLOR && env.TERM !== "dumb",
  };
}

export function paint(look: Look, colour: Colour | undefined, text: string): string {
  return look.isColoured && colour && text ? `\x1b[${CODES[colour]}m${text}\x1b[0m` : text;
}
