/** So that `npm test` stays quick; `npm run test:long` takes the long one. */
export function howMany({ short, long }: { short: number; long: number }): number {
  return process.env.LONG_RUN === "1" ? long : short;
}
