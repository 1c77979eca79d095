/** The command cannot be run as it was written or is configured. Says what is wrong and how it is right. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}
