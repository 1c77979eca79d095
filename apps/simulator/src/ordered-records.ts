/** Records in the order in which they first came; a record that changes keeps its place. */
export type OrderedRecords<T> = {
  get(id: string): T | undefined;
  put(id: string, record: T): void;
  /** Beginning after the record `id` where that is given. */
  newestFirst(id?: string): Iterable<T>;
  oldestFirst(id?: string): Iterable<T>;
};

export function createOrderedRecords<T extends object>(): OrderedRecords<T> {
  const records: T[] = [];
  const positions = new Map<string, number>();

  function get(id: string): T | undefined {
    return records[positions.get(id) ?? -1];
  }

  return {
    get,
    put(id, record) {
      const position = positions.get(id);
      if (position === undefined) positions.set(id, records.push(record) - 1);
      else records[position] = record;
    },
    *newestFirst(id) {
      const end = id === undefined ? records.length : (positions.get(id) ?? 0);
      for (let position = end - 1; position >= 0; position--) yield records[position] as T;
    },
    *oldestFirst(id) {
      const start = id === undefined ? 0 : (positions.get(id) ?? records.length) + 1;
      for (let position = start; position < records.length; position++) yield records[position] as T;
    },
  };
}
