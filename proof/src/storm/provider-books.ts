import { closeSync, openSync, readSync } from "node:fs";

/** Money that a card was charged. */
export interface BookedCharge {
  id: string;
  payment_intent: string;
  payment_id: string | null;
  amount: number;
  currency: string;
  idempotency_key: string | null;
  captured_at: string;
}

/** Money on its way back; as its bank last said. */
export interface BookedRefund {
  id: string;
  payment_intent: string;
  payment_id: string | null;
  refund_id: string | null;
  amount: number;
  currency: string;
  status: string;
}

/** A PaymentIntent. */
export interface BookedObject {
  id: string;
  payment_id: string | null;
  status: string;
  /** Confirms that got as far as the card. */
  confirms: number;
}

export interface ProviderBooks {
  charges: BookedCharge[];
  refunds: BookedRefund[];
  objects: BookedObject[];
}

interface JournalLine {
  charge?: BookedCharge;
  intent?: { intent: { id: string; status: string; metadata: Record<string, string> }; confirms: number };
  refund?: {
    refund: Omit<BookedRefund, "payment_id" | "refund_id"> & { metadata: Record<string, string> };
  };
}

/**
 * Reads the simulator's journal: the truth about money, which is there also while the simulator itself is dead or stopped.
 *
 * @returns a function that reads on where it was, and gives all there is so far; the lists stay the same ones
 */
export function createBooksReader(journalPath: string): () => ProviderBooks {
  const [refunds, objects] = [new Map<string, BookedRefund>(), new Map<string, BookedObject>()];
  const charges: BookedCharge[] = [];
  let offset = 0;
  const take = (line: JournalLine) => {
    if (line.charge) charges.push(line.charge);
    if (line.intent) {
      const { intent, confirms } = line.intent;
      const { id, status, metadata } = intent;
      objects.set(id, { id, status, confirms, payment_id: metadata.payment_id ?? null });
    }
    if (line.refund) {
      const { id, payment_intent, amount, currency, status, metadata } = line.refund.refund;
      const ids = { payment_id: metadata.payment_id ?? null, refund_id: metadata.refund_id ?? null };
      refunds.set(id, { id, payment_intent, amount, currency, status, ...ids });
    }
  };
  return () => {
    const text = readFrom(journalPath, offset);
    offset += Buffer.byteLength(text);
    for (const line of text.split("\n")) if (line !== "") take(JSON.parse(line) as JournalLine);
    return { charges: [...charges], refunds: [...refunds.values()], objects: [...objects.values()] };
  };
}

/** Whole lines only: half of one may still be taken back by its owner, after a crash. */
function readFrom(path: string, offset: number): string {
  const chunks: Buffer[] = [];
  const file = openSync(path, "r");
  try {
    const chunk = Buffer.alloc(1 << 20);
    for (let at = offset; ; ) {
      const count = readSync(file, chunk, 0, chunk.length, at);
      if (count === 0) break;
      chunks.push(Buffer.from(chunk.subarray(0, count)));
      at += count;
    }
  } finally {
    closeSync(file);
  }
  const read = Buffer.concat(chunks);
  return read.toString("utf8", 0, read.lastIndexOf("\n") + 1);
}
